import AccessModel
import Definitions
import StrictJSON
import TestSupport
import Testing
import WorkflowEngine

@testable import Lifecycle

/// What a person's changes are called, and from when their case counts.
@Suite struct CaseSorterTests {
    private let lastApply = Sample.instant("2026-11-20T12:00:00Z")
    private let early = Sample.instant("2026-11-01T09:00:00Z")
    private let heard = Sample.instant("2026-11-21T10:00:00Z")

    private func cause(_ id: String) -> Cause { .event(source: "hr", id: id, type: "moved") }

    private func state(
        _ id: String, _ presence: PersonState.Presence = .active, since: Instant, moves: [PersonState.Move] = [],
        profileChange: PersonState.Move? = nil
    ) -> PersonState {
        var world = PlanningWorld()
        world.person(String(id.dropFirst(2)))
        return PersonState(
            person: world.people[0].person, presence: presence, presenceCause: cause("presence"),
            presenceSince: since, moves: moves, profileChange: profileChange)
    }

    private func account(_ state: PersonState, _ operation: Change.Operation = .add, disabled: Bool = false) -> Change {
        let identity = IdentityID.person(state.person.id)
        let active = Fact.account(Account(identity: identity, name: state.person.email.text, state: .active))
        let off = Fact.account(Account(identity: identity, name: state.person.email.text, state: .disabled))
        return Change(
            target: Sample.slug("corp"), operation: operation, lane: disabled ? .revoke : .grant,
            fact: disabled ? off : active, before: operation == .update ? (disabled ? active : off) : nil,
            causes: [Sample.snapshot], risk: 1, stage: 1)
    }

    private func membership(
        _ state: PersonState, _ operation: Change.Operation = .remove, causes: [Cause] = [.drift]
    ) -> Change {
        let fact = Fact.membership(
            Membership(
                group: "staff", notation: nil, identity: .person(state.person.id), account: state.person.email.text))
        return Change(
            target: Sample.slug("corp"), operation: operation, lane: operation == .remove ? .revoke : .grant,
            fact: fact, causes: causes, risk: 1, stage: 2)
    }

    private func sort(
        _ states: [PersonState], _ changes: [Change], last: Instant?, lastCase: Instant? = nil
    ) throws -> [String] {
        try openings(states, changes, last: last, lastCase: lastCase).map { opening in
            "\(opening.kind.rawValue) \(opening.identity?.description ?? "-") \(opening.causedAt) \(opening.changes.count)"
        }
    }

    private func openings(
        _ states: [PersonState], _ changes: [Change], last: Instant?, lastCase: Instant? = nil
    ) throws -> [CaseOpening] {
        var number = 0
        let sorter = CaseSorter(
            roster: Roster(states), lastApply: last, now: Sample.now, heardAt: { _ in heard },
            lastCase: { _ in lastCase },
            newID: {
                number += 1
                return "\(number)"
            })
        return try sorter.openings(changes)
    }

    @Test func beforeTheFirstApplyEverybodyJoinsNow() throws {
        let ana = state("e-0001", since: early)
        #expect(try sort([ana], [account(ana), membership(ana, .add)], last: nil) == ["joiner e-0001 \(Sample.now) 2"])
    }

    @Test func whoseNewsCameSinceTheLastApplyJoinsFromThenOn() throws {
        let ana = state("e-0001", since: early)
        #expect(try sort([ana], [account(ana)], last: lastApply) == ["joiner e-0001 \(heard) 1"])
        #expect(try sort([ana], [account(ana, .update)], last: lastApply) == ["joiner e-0001 \(heard) 1"])
    }

    @Test func whoWasHereAlreadyGetsAnAccountFromTheDefinitions() throws {
        let ana = state("e-0001", since: early)
        #expect(try sort([ana], [account(ana)], last: Sample.now) == ["definitions e-0001 \(Sample.now) 1"])
    }

    @Test(arguments: [PersonState.Presence.left, .suspended, .compromised, .ended(Sample.day("2026-11-20"))])
    func whoCountsNoMoreIsALeaverAndComesFirst(_ presence: PersonState.Presence) throws {
        let ana = state("e-0001", since: early)
        let bea = state("e-0002", presence, since: early)
        let changes = [account(ana), account(bea, .update, disabled: true), membership(bea)]
        #expect(
            try sort([ana, bea], changes, last: lastApply)
                == ["leaver e-0002 \(heard) 2", "joiner e-0001 \(heard) 1"])
    }

    @Test func aMoveSinceTheLastApplyExplainsAPersonsChanges() throws {
        let move = PersonState.Move(effective: Sample.instant("2026-11-21T09:00:00Z"), cause: cause("move"))
        let ana = state("e-0001", since: early, moves: [move])
        let changes = [membership(ana, causes: [.definitionRemoved(note: "gone")]), membership(ana, .add)]
        #expect(try sort([ana], changes, last: lastApply) == ["mover e-0001 \(heard) 2"])
        let lapse = membership(ana, causes: [.moverLapse(tenant: Sample.slug("shop"), at: Sample.now)])
        #expect(try sort([ana], [lapse], last: Sample.now) == ["mover e-0001 \(heard) 1"])
        #expect(
            try sort([ana], [membership(ana, causes: [.definitionRemoved(note: "gone")])], last: Sample.now)
                == ["definitions e-0001 \(Sample.now) 1"])
    }

    private func rename(_ state: PersonState, from name: String = "old@mountainlab.io") -> Change {
        let identity = IdentityID.person(state.person.id)
        func account(_ name: String) -> Fact { .account(Account(identity: identity, name: name, state: .active)) }
        return Change(
            target: Sample.slug("corp"), operation: .update, lane: .grant, fact: account(state.person.email.text),
            before: account(name),
            causes: [.birthright(rule: "all", SourceLocation(file: "b.yaml", line: 1, column: 1))],
            risk: 1, stage: 1)
    }

    @Test func aNewNameIsNeitherAMoveNorAMatterOfTheFiles() throws {
        let word = PersonState.Move(effective: Sample.instant("2026-11-21T09:00:00Z"), cause: cause("renamed"))
        let ana = state("e-0001", since: early, profileChange: word)
        #expect(try sort([ana], [rename(ana)], last: lastApply) == ["profile e-0001 \(heard) 1"])
        // Without a word of HR's since then, somebody else made the account another.
        #expect(try sort([ana], [rename(ana)], last: Sample.now) == ["reconcile e-0001 \(Sample.now) 1"])
        let left = membership(ana, causes: [.definitionRemoved(note: "gone")])
        #expect(try sort([ana], [left], last: lastApply) == ["definitions e-0001 \(Sample.now) 1"])
        let baseline = membership(ana, causes: [word.cause])
        #expect(try sort([ana], [baseline], last: lastApply) == ["profile e-0001 \(heard) 1"])
    }

    @Test func aWordThatACaseOfThePersonFollowedIsNoNews() throws {
        let ana = state("e-0001", since: early)
        #expect(
            try sort([ana], [account(ana)], last: lastApply, lastCase: heard) == ["definitions e-0001 \(Sample.now) 1"])
        #expect(try sort([ana], [account(ana)], last: lastApply, lastCase: early) == ["joiner e-0001 \(heard) 1"])
    }

    @Test func aCaseNamesTheEventThatItComesFrom() throws {
        func events(_ states: [PersonState], _ changes: [Change], last: Instant? = nil) throws -> [String?] {
            try openings(states, changes, last: last ?? lastApply).map { $0.source["event"]?.string }
        }
        let bea = state("e-0002", .left, since: early)
        #expect(try events([bea], [account(bea, .update, disabled: true)]) == ["presence"])
        let ana = state("e-0001", since: early)
        #expect(try events([ana], [account(ana)]) == ["presence"])
        let move = PersonState.Move(effective: Sample.instant("2026-11-21T09:00:00Z"), cause: cause("move"))
        let eva = state("e-0003", since: early, moves: [move])
        let lapse = membership(eva, causes: [.moverLapse(tenant: Sample.slug("shop"), at: Sample.now)])
        #expect(try events([eva], [lapse], last: Sample.now) == ["move"])
        // Where no event is known, none is made up.
        #expect(try events([ana], [membership(ana)], last: Sample.now) == [nil])
    }

    @Test func driftAloneIsReconciledAndGroupsHaveACaseOfTheirOwn() throws {
        let ana = state("e-0001", since: early)
        let group = Change(
            target: Sample.slug("corp"), operation: .add, lane: .grant,
            fact: .group(GroupFact(slug: "shop-live-readers", notation: nil)), causes: [Sample.snapshot], risk: 1,
            stage: 0)
        #expect(
            try sort([ana], [membership(ana), group], last: Sample.now)
                == ["reconcile e-0001 \(Sample.now) 1", "definitions - \(Sample.now) 1"])
    }
}
