/**
 * Cluster contract: what holds for every `Cluster`, however it was made: by libp2p, by the simulator, or over a port.
 *
 * A maker provides two members of one cluster. The tests use the public interface only, and wait for conditions, because
 * some clusters have real time and others have virtual time.
 */
import {
  type Cluster,
  type ClusterEvents,
  InvalidOptionsError,
  InvalidValueError,
  type Json,
  type Member,
  NotRunningError,
  type Query,
  type QueryResult,
  type Room,
} from '@hearsay/core'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Two members that see each other. `first` is made in the way under test. */
export interface Pair {
  readonly first: Cluster
  readonly second: Cluster
  /** `second`, too, is the view of a member. */
  readonly secondIsView?: true
  /** Lets time pass until the condition holds, or throws after ten seconds. */
  until(condition: () => boolean): Promise<unknown>
  close(): Promise<void>
}

type Fields = Record<string, Json>

export function describeCluster(maker: string, make: () => Promise<Pair>): void {
  describe(`a cluster ${maker}`, () => {
    let pair: Pair
    let rooms = 0
    beforeAll(async () => {
      pair = await make()
    })
    afterAll(() => pair.close())

    const shown = (cluster: Cluster, id: string) => cluster.members.getSnapshot().find(each => each.id === id)
    /** A room that both members have just entered. */
    async function enter(): Promise<[Room<Fields>, Room<Fields>]> {
      rooms += 1
      const name = `room ${rooms}`
      const entered = await Promise.all([pair.first.room<Fields>(name), pair.second.room<Fields>(name)])
      await pair.until(() => entered.every(({ members }) => members.getSnapshot().length === 2))
      return entered
    }

    /** Lets time pass until the promise is resolved. */
    async function answerOf<T>(asked: Promise<T>): Promise<T> {
      let isSettled = false
      asked.then(
        () => {
          isSettled = true
        },
        () => {
          isSettled = true
        },
      )
      await pair.until(() => isSettled)
      return asked
    }

    /** Waits until the member of a view knows which queries the view answers: the port keeps the order of calls. */
    const handlersKnown = () => answerOf(pair.first.explain(pair.second.self.id))

    it('lists all members ordered by id, itself included', () => {
      const { first, second } = pair
      const ids = first.members.getSnapshot().map(({ id }) => id)
      expect(ids).toEqual([first.self.id, second.self.id].sort())
      expect(shown(first, first.self.id)).toBe(first.self)
    })

    it('keeps a snapshot while nothing changes, and the objects of members that did not change', async () => {
      const { first, second } = pair
      const before = first.members.getSnapshot()
      expect(first.members.getSnapshot()).toBe(before)
      second.update({ tags: { step: 'changed' } })
      await pair.until(() => shown(first, second.self.id)?.tags['step'] === 'changed')
      expect(first.members.getSnapshot()).not.toBe(before)
      expect(shown(first, first.self.id)).toBe(before.find(({ id }) => id === first.self.id))
    })

    it('has stores whose functions work on their own, as frameworks call them', async () => {
      const { first } = pair
      const [mine, theirs] = await enter()
      const { own, others } = mine.presence
      const stores = [first.members, first.heartbeats, first.health, first.convergence, own, others]
      for (const { subscribe, getSnapshot } of stores) {
        const stop = subscribe(() => {})
        expect(getSnapshot()).toBe(getSnapshot())
        stop()
      }
      for (const room of [mine, theirs]) room.leave()
    })

    it('calls the listeners of stores before those of events, each isolated', async () => {
      const { first, second } = pair
      const calls: string[] = []
      const stops = [
        first.members.subscribe(() => calls.push('store')),
        first.members.subscribe(() => {
          throw new Error('of the app')
        }),
      ]
      // The second member has just left a room: that is an update, too, which no store shows.
      const onUpdate = ({ detail }: { readonly detail: Member }) => {
        if (detail.name === 'renamed') calls.push('event')
      }
      first.events.addEventListener('update', onUpdate)
      const { reportError } = globalThis
      const reported: unknown[] = []
      globalThis.reportError = error => void reported.push(error)
      second.update({ name: 'renamed' })
      await pair.until(() => calls.includes('event'))
      globalThis.reportError = reportError
      for (const stop of stops) stop()
      first.events.removeEventListener('update', onUpdate)
      expect(calls[calls.indexOf('event') - 1]).toBe('store')
      // The members may change once more before the test ends.
      const storeCalls = calls.filter(call => call === 'store')
      expect(reported).toEqual(storeCalls.map(() => expect.objectContaining({ message: 'of the app' })))
    })

    it('publishes its own name and tags, and refuses wrong ones at once', async () => {
      const { first, second } = pair
      first.update({ name: 'first', tags: { kind: maker } })
      await pair.until(() => shown(second, first.self.id)?.tags['kind'] === maker)
      await pair.until(() => first.self.name === 'first')
      expect(() => first.update({ name: 'x'.repeat(200) })).toThrow(InvalidOptionsError)
      expect(() => first.update({ nmae: 'x' } as never)).toThrow(/name/)
    })

    it('has heartbeats and a health', async () => {
      const { first, second } = pair
      const stops = [first.heartbeats.subscribe(() => {}), first.health.subscribe(() => {})]
      await pair.until(() => first.heartbeats.getSnapshot().has(second.self.id))
      await pair.until(() => first.health.getSnapshot().visible === 2)
      expect(first.heartbeats.getSnapshot().get(second.self.id)?.sequence).toBeGreaterThan(0)
      expect(first.health.getSnapshot()).toMatchObject({ localHealth: expect.any(Number), storage: 'ok' })
      for (const stop of stops) stop()
    })

    it('explains a member, and refuses what is no id', async () => {
      const { first, second } = pair
      expect(await first.explain(second.self.id)).toMatchObject({ id: second.self.id, status: 'alive' })
      expect(await first.explain('unknown')).toMatchObject({ status: 'unknown', connected: false })
      await expect(first.explain(5 as never)).rejects.toThrow(InvalidOptionsError)
    })

    it('shows other members that it is asleep, until it resumes', async () => {
      const { first, second } = pair
      const attention = () => shown(second, first.self.id)?.attention
      expect(attention()?.state).toBe('active')
      first.suspend({ leaseMs: 60_000 })
      await pair.until(() => attention()?.state === 'asleep' && first.self.attention.state === 'asleep')
      const asleep = attention()
      expect((await second.explain(first.self.id)).facts.join()).toMatch(/asleep for/)
      first.update({ tags: { renamed: 'asleep' } })
      await pair.until(() => shown(second, first.self.id)?.tags['renamed'] === 'asleep')
      expect(attention()).toBe(asleep)
      first.resume()
      await pair.until(() => attention()?.state === 'active' && first.self.attention.state === 'active')
      expect(() => first.suspend({ leaseMs: 0 })).toThrow(InvalidOptionsError)
      expect(() => first.suspend({ lease: 1 } as never)).toThrow(/leaseMs/)
    })

    it('returns one room for each name, until it is left', async () => {
      const { first } = pair
      const [room, again] = await Promise.all([first.room('one'), first.room('one')])
      expect(again).toBe(room)
      room.leave()
      const later = await first.room('one')
      expect(later).not.toBe(room)
      later.leave()
      await expect(first.room('')).rejects.toThrow(InvalidOptionsError)
    })

    it('shares presence in a room', async () => {
      const [mine, theirs] = await enter()
      const updates: unknown[] = []
      mine.presence.events.addEventListener('update', ({ detail }) => updates.push(detail))
      theirs.presence.set({ cursor: { x: 1 }, colour: 'red' })
      await pair.until(() => mine.presence.others.getSnapshot()[0]?.presence['colour'] === 'red')
      const [before] = mine.presence.others.getSnapshot()
      const presence = { cursor: { x: 1 }, colour: 'red' }
      const views = pair.secondIsView ? [{ id: expect.any(String), presence }] : []
      expect(before).toEqual({ id: pair.second.self.id, presence, views })
      theirs.presence.set({ colour: 'blue' })
      await pair.until(() => mine.presence.others.getSnapshot()[0]?.presence['colour'] === 'blue')
      const [after] = mine.presence.others.getSnapshot()
      expect(after?.presence['cursor']).toBe(before?.presence['cursor'])
      expect(updates.at(-1)).toEqual({ id: pair.second.self.id, fields: ['colour'] })
      mine.presence.set({ name: 'first' })
      expect(mine.presence.own.getSnapshot()).toEqual({ name: 'first' })
      await pair.until(() => theirs.presence.others.getSnapshot()[0]?.presence['name'] === 'first')
      expect(() => mine.presence.set({ wrong: () => {} } as never)).toThrow(InvalidValueError)
      theirs.leave()
      await pair.until(() => mine.presence.others.getSnapshot().length === 0)
      mine.leave()
    })

    it('carries broadcasts, each once', async () => {
      const [mine, theirs] = await enter()
      const received: Json[] = []
      mine.events.addEventListener('event', ({ detail }) => received.push(detail.value))
      const answered: Json[] = []
      theirs.events.addEventListener('event', ({ detail }) => answered.push(detail.value))
      theirs.broadcast({ wave: 1 })
      await pair.until(() => received.length > 0)
      mine.broadcast('hello')
      await pair.until(() => answered.length > 0)
      expect([received, answered]).toEqual([[{ wave: 1 }], ['hello']])
      expect(() => mine.broadcast(Number.NaN)).toThrow(InvalidValueError)
      for (const room of [mine, theirs]) room.leave()
      expect(() => mine.broadcast(1)).toThrow(NotRunningError)
    })

    it('asks members, and answers', async () => {
      const { first, second } = pair
      const ids = [first.self.id, second.self.id]
      const asked: unknown[] = []
      const stops = [
        first.answer('double', () => 'not this one'),
        first.answer('double', (payload, { from, signal }) => {
          asked.push([payload, from, signal.aborted])
          return Promise.resolve(Number(payload) * 2)
        }),
        second.answer('double', payload => ({ doubled: Number(payload) * 2 })),
      ]
      const expected = [
        { from: first.self.id, value: 42 },
        { from: second.self.id, value: { doubled: 42 } },
      ]
      await handlersKnown()
      for (const asker of [first, second]) {
        const replies: unknown[] = []
        let result: QueryResult | undefined
        const query = asker.query('double', 21)
        void (async () => {
          for await (const reply of query) replies.push(reply)
          result = await query
        })()
        await pair.until(() => result !== undefined)
        expect(result).toEqual({ answers: expect.arrayContaining(expected), failures: [], missing: [] })
        expect(replies).toEqual(result?.answers)
      }
      expect(asked).toEqual([second, first].map(({ self }) => [21, self.id, false]).reverse())
      for (const stop of stops.splice(1)) stop()
      const ended = async (query: Query) => {
        let result: QueryResult | undefined
        void query.then(each => {
          result = each
        })
        await pair.until(() => result !== undefined)
        return result
      }
      await handlersKnown()
      expect(await ended(second.query('double', 1, { to: ids }))).toEqual({
        answers: [{ from: first.self.id, value: 'not this one' }],
        failures: [{ from: second.self.id, reason: 'no-handler' }],
        missing: [],
      })
      stops[0]?.()
    })

    it('answers with a failure if its handler fails, which is reported once', async () => {
      const { first, second } = pair
      const { reportError } = globalThis
      const reported: unknown[] = []
      globalThis.reportError = error => void reported.push(error)
      const stop = first.answer('fail', () => {
        throw new Error('of the handler')
      })
      await handlersKnown()
      let result: QueryResult | undefined
      void second.query('fail', null, { to: first.self.id }).then(each => {
        result = each
      })
      await pair.until(() => result !== undefined)
      globalThis.reportError = reportError
      stop()
      expect(result?.failures).toEqual([{ from: first.self.id, reason: 'error' }])
      expect(reported).toEqual([expect.objectContaining({ message: 'of the handler' })])
    })

    it('aborts a handler when nobody waits any more, and says that it is missing', async () => {
      const { first, second } = pair
      let isAborted = false
      const stop = first.answer('slow', (_, { signal }) => {
        signal.addEventListener('abort', () => {
          isAborted = true
        })
        return new Promise(() => {})
      })
      await handlersKnown()
      let result: QueryResult | undefined
      void second.query('slow', null, { to: first.self.id, timeoutMs: 2_000 }).then(each => {
        result = each
      })
      await pair.until(() => result !== undefined && isAborted)
      expect(result?.missing).toEqual([first.self.id])
      stop()
    })

    it('measures whether the members know the same, while somebody looks', async () => {
      const { first, second } = pair
      const calls: unknown[] = []
      const stop = first.convergence.subscribe(() => calls.push(first.convergence.getSnapshot()))
      await pair.until(() => first.convergence.getSnapshot().sinceMs !== undefined)
      stop()
      const agreed = first.convergence.getSnapshot()
      expect(agreed).toEqual({
        agreeing: 2,
        known: 2,
        sinceMs: expect.any(Number),
        differing: [],
        missing: [],
      })
      expect(calls.at(-1)).toBe(agreed)
      let isSettled = false
      void second.settled().then(() => {
        isSettled = true
      })
      await pair.until(() => isSettled)
      const reason = new Error('enough')
      await expect(first.settled({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      expect(() => first.answer('hearsay:table', () => 1)).toThrow(InvalidOptionsError)
    })

    it('says who holds the same in a room, in a config, and in all of them', async () => {
      const { first, second } = pair
      const [mine, theirs] = await enter()
      const entries = await Promise.all([first.config('held'), second.config('held')])
      const { id } = second.self
      await entries[0].set('theme', 'dark')
      mine.doc.getText('text').insert(0, 'mine')
      await pair.until(() => entries[1].get('theme') === 'dark')
      const differing = await answerOf(mine.heldBy({ timeoutMs: 5_000 }))
      expect(differing).toEqual({ holding: [], differing: [id], missing: [] })
      await pair.until(() => theirs.doc.getText('text').toString() === 'mine')
      const held = { holding: [id], differing: [], missing: [] }
      expect(await answerOf(mine.heldBy())).toEqual(held)
      expect(await answerOf(entries[0].heldBy())).toEqual(held)
      const all = await answerOf(first.heldBy())
      expect(all.filter(({ name }) => name === 'held' || name === mine.name)).toEqual([
        { type: 'config', name: 'held', ...held },
        { type: 'room', name: mine.name, ...held },
      ])
      await expect(mine.heldBy({ timeoutMs: 0 })).rejects.toThrow(InvalidOptionsError)
      for (const space of [mine, theirs, ...entries]) space.leave()
      await expect(mine.heldBy()).rejects.toThrow(NotRunningError)
      await expect(entries[0].heldBy()).rejects.toThrow(NotRunningError)
    })

    it('refuses what cannot be asked', async () => {
      const { first } = pair
      await expect(first.query('')).rejects.toThrow(InvalidOptionsError)
      await expect(first.query('x', Number.NaN)).rejects.toThrow(InvalidValueError)
      await expect(first.query('x', 'x'.repeat(20_000))).rejects.toThrow(InvalidValueError)
      await expect(first.query('x', 1, { timeout: 5 } as never)).rejects.toThrow(/timeoutMs/)
      await expect(first.query('x', 1, { timeoutMs: 0 })).rejects.toThrow(InvalidOptionsError)
      for (const to of ['nobody', [], [5]])
        await expect(first.query('x', 1, { to: to as string })).rejects.toThrow(InvalidOptionsError)
      expect(() => first.answer('x', 5 as never)).toThrow(InvalidOptionsError)
      await expect(first.broadcast('', 1)).rejects.toThrow(InvalidOptionsError)
      await expect(first.broadcast('x', Number.NaN)).rejects.toThrow(InvalidValueError)
    })

    it('refuses listeners, keys and options of a wrong type at once', async () => {
      const { first } = pair
      const flags = await first.config('wrong-types')
      const [mine, theirs] = await enter()
      mine.document('notes')
      for (const wrong of [undefined, null, 5, 'text', {}] as never[]) {
        expect(() => first.members.subscribe(wrong)).toThrow(InvalidOptionsError)
        expect(() => flags.entries.subscribe(wrong)).toThrow(InvalidOptionsError)
        expect(() => flags.watch('key', wrong)).toThrow(InvalidOptionsError)
      }
      expect(() => first.events.addEventListener('join', 5 as never)).toThrow(InvalidOptionsError)
      for (const key of [undefined, null, 5, {}, Symbol('key')] as never[]) {
        expect(() => flags.get(key)).toThrow(InvalidValueError)
        expect(() => flags.history(key)).toThrow(InvalidValueError)
        expect(() => flags.watch(key, () => {})).toThrow(InvalidValueError)
        await expect(flags.delete(key)).rejects.toThrow(InvalidValueError)
      }
      for (const options of [
        null,
        5,
        'text',
        { sginal: undefined },
        { signal: 5 },
        { signal: null },
      ] as never[]) {
        await expect(flags.synced(options)).rejects.toThrow(InvalidOptionsError)
        await expect(first.settled(options)).rejects.toThrow(InvalidOptionsError)
      }
      for (const options of [null, 5, { sed: () => {} }, { seed: 5 }] as never[])
        expect(() => mine.document('notes', options)).toThrow(InvalidOptionsError)
      for (const space of [flags, mine, theirs]) space.leave()
    })

    it('broadcasts to all members, itself included, once', async () => {
      const { first, second } = pair
      const received: unknown[] = []
      const onBroadcast = ({ detail }: ClusterEvents['broadcast']) => received.push(detail)
      for (const { events } of [first, second]) events.addEventListener('broadcast', onBroadcast)
      void first.broadcast('deploy', { version: 2 })
      await pair.until(() => received.length === 2)
      void second.broadcast('done')
      await pair.until(() => received.length === 4)
      for (const { events } of [first, second]) events.removeEventListener('broadcast', onBroadcast)
      const sent = { from: first.self.id, name: 'deploy', value: { version: 2 } }
      const done = { from: second.self.id, name: 'done', value: null }
      expect(received).toEqual([sent, sent, done, done])
    })

    it('has no invitations without an authority', async () => {
      const { first } = pair
      const calls = [first.invite(), first.revoke(pair.second.self.id), first.renew('hearsay1.')]
      for (const call of calls) await expect(call).rejects.toThrow(/authority|may not/)
      expect(first.self.roles).toEqual([])
    })

    it('shares configs', async () => {
      const { first, second } = pair
      const [mine, again, theirs] = await Promise.all([
        first.config('flags'),
        first.config('flags'),
        second.config('flags'),
      ])
      expect(again).toBe(mine)
      await expect(first.config('flags', { retentionMs: 60_000 })).rejects.toThrow(InvalidOptionsError)
      const seen: unknown[] = []
      mine.entries.subscribe(() => seen.push('store'))
      mine.watch('colour', value => seen.push(value))
      await mine.set('colour', { rgb: [1, 2, 3] })
      expect(seen).toEqual(['store', { rgb: [1, 2, 3] }])
      const colour = mine.get('colour')
      await pair.until(() => theirs.get('colour') !== undefined)
      await theirs.set('size', 2)
      await pair.until(() => mine.get('size') === 2)
      expect(mine.entries.getSnapshot()).toEqual({ colour, size: 2 })
      expect(mine.get('colour')).toBe(colour)
      let syncedWith: string | undefined
      void mine.synced().then(id => {
        syncedWith = id
      })
      await pair.until(() => syncedWith !== undefined)
      expect(syncedWith).toBe(second.self.id)
      await theirs.delete('colour')
      await pair.until(() => mine.get('colour') === undefined)
      expect(mine.history('colour')).toEqual(theirs.history('colour'))
      expect(mine.histories.getSnapshot().get('colour')).toBe(mine.history('colour'))
      await expect(mine.set('size', Number.NaN)).rejects.toThrow(InvalidValueError)
      for (const config of [mine, theirs]) config.leave()
      await expect(mine.set('size', 3)).rejects.toThrow(NotRunningError)
    })

    it('shows the values of a config that its schema accepts', async () => {
      const { first, second } = pair
      const schema = { size: v.number() }
      const [mine, theirs] = [await first.config('sizes', { schema }), await second.config('sizes')]
      const rejected: unknown[] = []
      mine.events.addEventListener('rejected', ({ detail }) => rejected.push(detail.to))
      await mine.set('size', 1)
      await pair.until(() => theirs.get('size') === 1)
      await theirs.set('size', 'large')
      await pair.until(() => rejected.length > 0)
      expect(rejected).toEqual(['large'])
      expect(mine.entries.getSnapshot()).toEqual({ size: 1 })
      await expect(mine.set('size', 'small' as never)).rejects.toThrow(InvalidValueError)
      for (const config of [mine, theirs]) config.leave()
    })

    it('shares documents', async () => {
      const [mine, theirs] = await enter()
      const text = (room: Room<Fields>) => room.doc.getText('text')
      text(theirs).insert(0, 'theirs')
      await pair.until(() => text(mine).toString() === 'theirs')
      text(mine).insert(0, 'mine and ')
      await pair.until(() => text(theirs).toString() === 'mine and theirs')
      await pair.until(() => mine.provider.synced)
      expect(mine.document('')).toBe(mine.document(''))
      await mine.provider.stored()
      for (const room of [mine, theirs]) room.leave()
      expect(() => mine.provider.connect()).toThrow(NotRunningError)
    })
  })
}
