/** Parts of the commands that ask a member: which member a user means, and how a member can be reached. */
import type { Member, MemberStatus } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { reachOf } from '../src/ask/reach.ts'
import { findMember } from '../src/attach/find-member.ts'

const member = (id: string, name: string, status: MemberStatus = 'alive'): Member =>
  ({ id, name, status }) as Member

describe('finding a member', () => {
  const list = [
    member('12D3KooWaaaaada1', 'ada'),
    member('12D3KooWbbbbbob1', 'bob', 'left'),
    member('12D3KooWcccccbob2', 'bob'),
    member('12D3KooWdddddcyd1', 'cyd', 'dead'),
    member('12D3KooWeeeeecyd2', 'cyd', 'dead'),
    member('12D3KooWfffffeve1', 'ad'),
  ]
  it.each([
    ['ada', '12D3KooWaaaaada1'],
    ['ad', '12D3KooWfffffeve1'],
    ['bob', '12D3KooWcccccbob2'],
    ['aaaaada1', '12D3KooWaaaaada1'],
    ['…bbbbbob1', '12D3KooWbbbbbob1'],
    ['12D3KooWddd', '12D3KooWdddddcyd1'],
    ['bo', '12D3KooWcccccbob2'],
    ['zoe', undefined],
    ['', undefined],
    ['…', undefined],
  ])('%s', (text, id) => {
    expect(findMember(list, text)?.id).toBe(id)
  })

  it.each([
    ['…bbbbbob1', '12D3KooWbbbbbob1'],
    ['bbbbbob', undefined],
    ['zzzzz', '12D3KooWgggggzoe1'],
  ])('takes no name for the id of another member: %s', (text, id) => {
    const imitating = [member('12D3KooWhhhhheve2', 'bbbbbob1'), member('12D3KooWgggggzoe1', 'zzzzz')]
    expect(findMember([...list, ...imitating], text)?.id).toBe(id ?? '12D3KooWhhhhheve2')
  })

  it('does not choose between the name of a member and the short id of another one', () => {
    const imitating = [member('12D3KooWhhhhheve2', 'cccbob2!'), member('12D3KooWhhhhheve3', 'ccccbob2')]
    expect(() => findMember([...list, ...imitating], 'ccccbob2')).toThrow(/'ccccbob2' is one of/)
    expect(findMember([...list, ...imitating], 'cccbob2!')?.id).toBe('12D3KooWhhhhheve2')
  })

  it('says which members fit', () => {
    expect(() => findMember(list, 'cyd')).toThrow(/'cyd' is one of cyd ….*, cyd ….*the end of its id/)
    expect(() => findMember(list, '12D3')).toThrow(/one of ada/)
  })
})

describe('reach', () => {
  it.each([
    [['/ip4/198.51.100.7/tcp/4001'], 'public'],
    [['/ip4/10.0.0.1/tcp/1', '/ip6/2001:db8::1/tcp/1'], 'public'],
    [['/dns4/example.org/tcp/4001'], 'public'],
    [['/ip4/192.168.1.2/tcp/1', '/ip4/127.0.0.1/tcp/1'], 'private'],
    [['/ip4/172.31.255.1/tcp/1'], 'private'],
    [['/ip4/100.64.0.1/tcp/1'], 'private'],
    [['/ip6/fd00::1/tcp/1'], 'private'],
    [['/ip6/fe80::1/tcp/1'], 'private'],
    [['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1'], 'this machine'],
    [['/ip4/198.51.100.7/tcp/1/p2p/12D3/p2p-circuit/webrtc'], 'relayed'],
    [[], 'dial-only'],
  ])('of %j is %s', (addresses, reach) => {
    expect(reachOf(addresses)).toBe(reach)
  })
})
