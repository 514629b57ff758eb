import AccessModel
import ConnectorKit
import StrictJSON

extension ConformanceRun {
    func mishaps() async {
        await check("a reply that is lost is safe", needs: .membership) {
            let ada = try person("lost")
            var disabled = ada
            disabled.state = .disabled
            let steps: [(Change, Fact, Bool)] = [
                (change(.add, .account(ada)), .account(ada), true),
                (change(.add, group("lost")), group("lost"), abilities.holdsEmptyGroups),
                (change(.add, member(ada, of: "lost")), member(ada, of: "lost"), true),
                (change(.update, .account(disabled), before: .account(ada)), .account(disabled), true),
                (change(.remove, member(ada, of: "lost")), member(ada, of: "lost"), false),
                (change(.remove, .account(disabled)), .account(disabled), false),
            ]
            for (step, fact, holds) in steps {
                // The answer never arrives; another node, with another connector, tries again.
                try await apply(step)
                try await renew()
                try await apply(step, attempt: 2)
                let seen = try await observe([ada], groups: ["tcf-lost"])
                expect(seen.holds(fact) == holds, "after `\(step.id)` twice, `\(fact.key)` holds: \(!holds)")
                expect(seen.count(fact) <= 1, "`\(fact.key)` is there \(seen.count(fact)) times")
            }
        }
        await check("nothing is changed once the call's time is over", needs: .account) {
            let ada = try person("too-late")
            let deadline = CallDeadline(Sample.now) { Sample.now }
            _ = await refused("a change after the time of the call", as: [.unreachable]) {
                try await CallDeadline.$current.withValue(deadline) { _ = try await add(.account(ada)) }
            }
            let seen = try await observe([ada])
            expect(!seen.holds(.account(ada)), "the account is there all the same")
        }
        await check("changes at the same time do not undo each other", needs: .membership) {
            var people: [Account] = []
            for number in 0..<12 { people.append(try person("same-time", number)) }
            try await add(group("same-time"))
            for ada in people { try await add(.account(ada)) }
            try await applyAtOnce(people.map { change(.add, member($0, of: "same-time")) })
            try await expectMembers(["same-time": people])
            try await applyAtOnce(people.dropLast(2).map { change(.remove, member($0, of: "same-time")) })
            try await expectMembers(["same-time": people.suffix(2)])
        }
        await throttling()
    }

    /// Each change is tried again while the target says that somebody else came in between, as the engine does.
    private func applyAtOnce(_ changes: [Change]) async throws {
        let connector = connector
        let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
            for change in changes {
                group.addTask {
                    var attempt = 1
                    while true {
                        let context = ApplyContext(
                            idempotencyKey: "tcf \(change.id)", fencingToken: 1, attempt: attempt)
                        do {
                            return try await connector.apply(change, context: context)
                        } catch let error as ConnectorError where error.code == .conflict && attempt < 50 {
                            attempt += 1
                        }
                    }
                }
            }
            return try await group.reduce(into: [Receipt]()) { $0.append($1) }
        }
        for receipt in receipts { hear(receipt) }
    }

    private func throttling() async {
        do {
            guard let throttled = try await world.throttled() else {
                return leaveOut("throttling: this world cannot bring it about")
            }
            await check("throttling carries its delay") {
                do {
                    _ = try await throttled.connector.apply(
                        try anyChange("throttled"),
                        context: ApplyContext(idempotencyKey: "tcf", fencingToken: 1, attempt: 1))
                    fail("the change went through")
                } catch let error as ConnectorError {
                    hear(error)
                    expect(error.code == .throttled && error.isRetryable, "it is \(error)")
                    expect(
                        error.retryAfter == throttled.delay,
                        "the delay is \(error.retryAfter?.description ?? "missing"), stated was \(throttled.delay)")
                }
                await throttled.connector.close()
            }
        } catch {
            fail("the world could not throttle: \(error)")
        }
    }

    func refusals() async {
        await check("settings that are not known are refused") {
            var settings = world.configuration.settings.object ?? JSONObject()
            settings["tcf_unknown_key"] = "x"
            try await refuses(settings: .object(settings), "an unknown setting", mentioning: "tcf_unknown_key")
            try await refuses(settings: ["not", "an", "object"], "settings that are no object", mentioning: "")
        }
        await check("changes of kinds that the target cannot hold are refused, not skipped") {
            for kind in Fact.Kind.allCases where !abilities.kinds.contains(kind) {
                guard let fact = Fact(json: sample(of: kind)) else { throw SampleError(text: kind.rawValue) }
                _ = await refused("a \(kind.rawValue)", as: [.invalid]) { try await add(fact) }
            }
        }
        await check("a target that cannot be used says so and shows nothing as absent") {
            for broken in try await world.broken() {
                _ = await refused("check with \(broken.name)", as: [broken.expected]) {
                    _ = try await broken.connector.check()
                }
                _ = await refused("a change with \(broken.name)", as: [broken.expected]) {
                    hear(
                        try await broken.connector.apply(
                            try anyChange("broken"),
                            context: ApplyContext(idempotencyKey: "tcf", fencingToken: 1, attempt: 1)))
                }
                do {
                    let seen = try await broken.connector.observe(.everything)
                    hear(seen)
                    expect(seen.completeness != .complete, "\(broken.name): an observation is called complete")
                } catch let error as ConnectorError {
                    hear(error)
                    expect(error.code == broken.expected, "observe with \(broken.name) failed as \(error)")
                }
                await broken.connector.close()
            }
        }
    }

    private func refuses(settings: JSONValue, _ what: String, mentioning word: String) async throws {
        let configuration = world.configuration
        let varied = ConnectorConfiguration(
            target: configuration.target, settings: settings, credential: configuration.credential,
            baseDirectory: configuration.baseDirectory, organization: configuration.organization,
            clock: configuration.clock)
        _ = await refused(what, as: [.configuration]) {
            do {
                await (try makeConnector(varied)).close()
            } catch {
                expect(word.isEmpty || "\(error)".contains(word), "the message does not name `\(word)`: \(error)")
                throw error
            }
        }
    }

    private func sample(of kind: Fact.Kind) -> JSONValue {
        [
            "kind": .string(kind.rawValue), "group": "tcf-kind", "identity": "tcf-kind-1", "id": "tcf-1",
            "account": "tcf-kind-1@mountainlab.io", "state": "active", "role": "reader", "scope": "*/*/*/*",
            "issuer": "https://issuer.example", "subject": "s", "audience": "a",
        ]
    }

    func secrets() async {
        await check("no secret came out, in \(heard.count) receipts, errors and observations") {
            expect(heard.count > 20, "only \(heard.count) were heard")
            for secret in world.secrets {
                expect(secret.utf8.count >= 8, "a secret of the world is too short to be looked for")
                for text in heard where text.contains(secret) { fail("a secret is in: \(text.prefix(300))") }
            }
        }
    }
}
