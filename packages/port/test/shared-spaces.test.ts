import { beforeEach, describe, expect, it } from 'vitest'
import { SharedSpaces } from '../src/served/shared-spaces.ts'

let left: string[]
let spaces: SharedSpaces<string>
beforeEach(() => {
  left = []
  spaces = new SharedSpaces(space => left.push(space))
})

const enter = (space: string) => spaces.enter('flags', async () => space)

describe('a space that views share', () => {
  it('is left with the last view', async () => {
    expect([await enter('first'), await enter('second')]).toEqual(['first', 'first'])
    spaces.leave('flags')
    expect(left).toEqual([])
    spaces.leave('flags')
    spaces.leave('flags')
    expect(left).toEqual(['first'])
    expect(await enter('again')).toBe('again')
  })

  it('is not left while another view opens it', async () => {
    await enter('flags')
    const opening = enter('flags')
    spaces.leave('flags')
    await opening
    expect(left).toEqual([])
  })

  it('is left if the last view could not open it', async () => {
    await enter('flags')
    const refused = spaces.enter('flags', () => Promise.reject(new Error('other options')))
    spaces.leave('flags')
    await expect(refused).rejects.toThrow('other options')
    expect(left).toEqual(['flags'])
  })

  it('that could not be opened is not left', async () => {
    await expect(spaces.enter('flags', () => Promise.reject(new Error('refused')))).rejects.toThrow()
    expect(left).toEqual([])
  })
})
