import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import KubernetesConnector

/// Changes through a repository: a real git, a real API server, a double of the forge.
@Suite(.serialized) struct GitOpsTests {
    @Test(arguments: [ForgeDouble.Kind.github, .gitlab])
    func aChangeHoldsWhenTheClusterShowsIt(_ kind: ForgeDouble.Kind) async throws {
        guard let world = try GitOpsWorld.make(kind) else { return }
        let connector = try world.connector()
        let fact = world.cluster.assignment()
        #expect(try await connector.check().description.contains("changed through `main` of file://"))
        let receipt = try await connector.add(fact)
        #expect(receipt.effect == .proposed && receipt.requestID == "1")
        #expect(try world.forge.repository.files(on: "main").keys.sorted() == ["README.md"], "nothing is merged")
        let proposed = try await world.look(connector)
        #expect(proposed.facts.isEmpty && proposed.remnants == [fact])
        #expect(proposed.waits(fact)?.contains("request 1") == true, "\(proposed)")
        #expect(try world.allows(false) == false)

        try world.forge.merge(1)
        let merged = try await world.look(connector)
        #expect(
            merged.facts.isEmpty && merged.waits(fact)?.contains("the cluster to be brought up") == true, "\(merged)")
        #expect(try await connector.add(fact).effect == .alreadyHeld)
        #expect(world.forge.all.count == 1)

        try world.reconcile()
        #expect(try world.allows(true))
        let held = try await world.look(connector)
        #expect(held.facts == [fact] && held.remnants.isEmpty && held.underway.isEmpty, "\(held)")

        let removal = try await connector.remove(fact)
        #expect(removal.effect == .proposed)
        #expect(removal.note.contains("the access remains"), "\(removal.note)")
        #expect(world.forge.open.first?.body.contains("what is removed here remains in force") == true)
        #expect(try world.allows(true), "until it is merged")
        #expect(try await world.look(connector).waits(fact, isRemoval: true)?.contains("request 2") == true)
        try world.forge.merge(2)
        #expect(try await world.look(connector).waits(fact, isRemoval: true)?.contains("the cluster") == true)
        try world.reconcile()
        #expect(try world.allows(false) == false)
        let gone = try await world.look(connector)
        #expect(gone.facts.isEmpty && gone.remnants.isEmpty && gone.underway.isEmpty, "\(gone)")
        await connector.close()
    }

    @Test func manyChangesAreOneCommitAndOneRequest() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        try world.cluster.makeNamespace("sandbox")
        let connector = try world.connector()
        let facts =
            ["live", "sandbox"].flatMap { tier in
                Role.allCases.map { world.cluster.assignment($0, tier: tier) }
            } + [world.cluster.trust()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fact in facts { group.addTask { _ = try await connector.add(fact) } }
            try await group.waitForAll()
        }
        #expect(world.forge.open.count == 1)
        #expect(try world.forge.repository.commits(on: world.branch).count == 1)
        #expect(
            try world.forge.repository.files(on: world.branch, under: world.path).keys.sorted()
                == [
                    "\(world.path)/\(world.cluster.namespace()).yaml",
                    "\(world.path)/\(world.cluster.namespace("sandbox")).yaml",
                ])
        // The same again changes nothing, to the byte and to the commit.
        let before = try world.forge.repository.head(of: world.branch)
        // On a busy machine one or two may come too late to be gathered with the others, and alter the request.
        let edits = world.forge.calls.count { $0.hasPrefix("PATCH") }
        #expect(edits < facts.count / 2)
        for fact in facts.reversed() { #expect(try await connector.add(fact).effect == .proposed) }
        #expect(try world.forge.repository.head(of: world.branch) == before)
        #expect(world.forge.calls.count { $0.hasPrefix("PATCH") } == edits)
        try world.forge.merge(1)
        try world.reconcile()
        let seen = try await connector.observe(groups: Set(facts.compactMap(\.groupSlug)))
        #expect(Set(seen.facts) == Set(facts) && seen.underway.isEmpty, "\(seen)")
        #expect(try world.forge.repository.log(world.branch).contains("Tenure <tenure@mountainlab.io>"))
        await connector.close()
    }

    @Test func theBranchIsMadeAnewUponAChangedBase() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        let (reader, contributor) = (world.cluster.assignment(), world.cluster.assignment(.contributor))
        try await connector.add(reader)
        let hand =
            "---\n# Not Tenure's\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: motto, namespace: \(world.cluster.namespace())}\n"
        try world.forge.repository.push(to: "main", as: "Ada <ada@example.com>") { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(world.path)", withIntermediateDirectories: true)
            try Data(hand.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(world.file)"))
        }
        #expect(try await world.look(connector).underway.isEmpty, "a proposal that conflicts is none")
        let receipt = try await connector.add(contributor)
        #expect(receipt.note.contains("made anew"), "\(receipt.note)")
        #expect(world.forge.open.map(\.number) == [1])
        #expect(try world.forge.repository.commits(on: world.branch).count == 1)
        let text = try world.proposed()
        #expect(text.contains("# Not Tenure's\nkind: ConfigMap"), "what is somebody else's stays: \(text)")
        #expect(text.contains(world.cluster.bindingName()) && text.contains(world.cluster.bindingName(.contributor)))
        let seen = try await connector.observe(groups: [world.cluster.slug(), world.cluster.slug(.contributor)])
        #expect(seen.waits(reader) != nil && seen.waits(contributor) != nil, "\(seen)")
        await connector.close()
    }

    @Test(arguments: [false, true])
    func whatAStrangerPushedIsNotTakenOver(_ amends: Bool) async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        let fact = world.cluster.assignment()
        try await connector.add(fact)
        try world.forge.repository.push(to: world.branch, amend: amends) { folder in
            let evil = try String(contentsOfFile: "\(folder)/\(world.file)", encoding: .utf8)
                .replacingOccurrences(of: "name: view", with: "name: cluster-admin")
            try Data(evil.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(world.file)"))
        }
        let seen = try await world.look(connector)
        #expect(seen.underway.isEmpty, "\(seen)")
        let whole = try await connector.observe(.everything)
        #expect(whole.findings.contains { $0.contains("which is not Tenure's") }, "\(whole.findings)")
        let receipt = try await connector.add(fact)
        #expect(receipt.note.contains("was written anew"), "\(receipt.note)")
        #expect(try world.proposed().contains("cluster-admin") == false)
        #expect(try world.forge.repository.commits(on: world.branch).count == 1)
        #expect(try await world.look(connector).waits(fact) != nil)
        await connector.close()
    }

    @Test func aFileBesideTheFolderIsAStrangersToo() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        try await connector.add(world.cluster.assignment())
        let message = try world.forge.repository.log(world.branch)
        #expect(message.contains("Tenure-Proof: "))
        try world.forge.repository.push(to: world.branch, amend: true) { folder in
            try Data("kind: Secret\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/beside.yaml"))
        }
        try await connector.add(world.cluster.assignment())
        #expect(try world.forge.repository.files(on: world.branch)["beside.yaml"] == nil)
        await connector.close()
    }

    @Test func aRefusalStandsForAWhileAndNothingIsLost() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        let fact = world.cluster.assignment()
        try await connector.add(fact)
        world.forge.reject(1)
        #expect(try await world.look(connector).underway.isEmpty)
        let error = await #expect(throws: ConnectorError.self) { try await connector.add(fact) }
        #expect(error?.code == .conflict && error?.isRetryable == true)
        #expect(
            error?.message.contains("request 1") == true
                && error?.message.contains("closed without being merged") == true)
        let wait = try #require(error?.retryAfter)
        #expect(wait > .minutes(58) && wait <= .minutes(60))
        world.clock.advance(by: .minutes(61))
        let receipt = try await connector.add(fact)
        #expect(receipt.requestID == "2" && receipt.note.contains("request 1 was closed"), "\(receipt.note)")
        #expect(world.forge.open.map(\.number) == [2])
        await connector.close()
    }

    @Test(arguments: [ForgeDouble.Kind.github, .gitlab], [false, true])
    func aDeletedBranchIsMadeAgain(_ kind: ForgeDouble.Kind, _ isSlow: Bool) async throws {
        guard let world = try GitOpsWorld.make(kind) else { return }
        let connector = try world.connector()
        let fact = world.cluster.assignment()
        try await connector.add(fact)
        world.forge.closeSlowly(isSlow)
        try world.forge.repository.delete(world.branch)
        #expect(try await world.look(connector).underway.isEmpty)
        // The forge closes the request of a branch that goes, as if somebody had refused it; or has not done so yet.
        world.clock.advance(by: .minutes(61))
        let receipt = try await connector.add(fact)
        #expect(receipt.requestID == (isSlow ? "1" : "2"))
        #expect(world.forge.open.count == 1)
        #expect(try world.proposed().contains(world.cluster.bindingName()))
        await connector.close()
    }

    @Test func whatWasLeftOutWhenMergingIsProposedAgain() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        let fact = world.cluster.assignment()
        try await connector.add(fact)
        try world.forge.merge(1) { folder in
            let text = try String(contentsOfFile: "\(folder)/\(world.file)", encoding: .utf8)
            try Data(text.replacingOccurrences(of: "name: view", with: "name: nothing").utf8)
                .write(to: URL(fileURLWithPath: "\(folder)/\(world.file)"))
        }
        let seen = try await world.look(connector)
        #expect(seen.underway.isEmpty && seen.remnants == [fact], "\(seen)")
        let receipt = try await connector.add(fact)
        #expect(
            receipt.requestID == "2" && receipt.note.contains("merged otherwise than it was proposed"),
            "\(receipt.note)")
        #expect(try world.proposed().contains("name: view"))
        await connector.close()
    }

    @Test func whatIsNotWantedAnyMoreIsWithdrawn() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        let (reader, contributor) = (world.cluster.assignment(), world.cluster.assignment(.contributor))
        try await connector.add(reader)
        try await connector.add(contributor)
        #expect(try await connector.remove(contributor).effect == .alreadyHeld)
        #expect(try world.proposed().contains(world.cluster.bindingName(.contributor)) == false)
        #expect(world.forge.open.map(\.number) == [1])
        #expect(try await connector.remove(reader).effect == .alreadyHeld)
        #expect(world.forge.open.isEmpty)
        #expect(throws: (any Error).self) { try world.forge.repository.head(of: world.branch) }
        let seen = try await connector.observe(groups: [world.cluster.slug(), world.cluster.slug(.contributor)])
        #expect(seen.facts.isEmpty && seen.remnants.isEmpty)
        // What Tenure closed itself is nobody's refusal.
        #expect(try await connector.add(reader).requestID == "2")
        await connector.close()
    }

    @Test func whatThatHandPutInComesOutThroughGit() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        let fact = world.cluster.assignment()
        try await connector.add(fact)
        try world.forge.merge(1)
        try world.reconcile()
        try world.cluster.admin.patchBinding(
            world.cluster.bindingName(), in: world.cluster.namespace(),
            [
                "subjects": [
                    KubernetesAdmin.subject("Group/\(world.cluster.slug())"), KubernetesAdmin.subject("User/eve"),
                ]
            ])
        let seen = try await connector.observe(.everything)
        let stranger = try #require(
            seen.facts.first { $0.groupSlug == "foreign:user:eve" && $0.key.contains(world.cluster.tag) })
        #expect(seen.waits(stranger, isRemoval: true)?.contains("the cluster") == true)
        #expect(try await connector.remove(stranger).effect == .alreadyHeld, "the repository is right")
        try world.reconcile()
        let after = try await connector.observe(.everything)
        #expect(after.facts.contains(stranger) == false)
        await connector.close()
    }

    @Test func aForgeThatFailsLeavesTheClusterInSight() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let connector = try world.connector()
        let fact = world.cluster.assignment()
        let reset = world.clock.now().milliseconds / 1_000 + 90
        world.forge.answerNext(
            HTTPDouble.Response(
                403, headers: ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(reset)"],
                body: #"{"message":"API rate limit exceeded"}"#))
        let error = await #expect(throws: ConnectorError.self) { try await connector.add(fact) }
        #expect(error?.code == .throttled)
        let wait = try #require(error?.retryAfter)
        #expect(wait > .seconds(60) && wait <= .seconds(90))
        world.forge.answerNext(HTTPDouble.Response(502))
        let seen = try await world.look(connector)
        guard case .partial = seen.completeness else {
            Issue.record("complete without the repository: \(seen)")
            return
        }
        // An answer that is lost after the request was made: the next attempt finds it.
        try await connector.add(fact)
        #expect(world.forge.all.count == 1)
        await connector.close()
    }

    @Test func theTokenGoesToTheRepositoryAndNowhereElse() async throws {
        guard let world = try GitOpsWorld.make() else { return }
        let server = try HTTPDouble { _ in
            HTTPDouble.Response(401, headers: ["WWW-Authenticate": "Basic realm=\"git\""])
        }
        defer { server.stop() }
        let connector = try world.connector(repository: server.url + "/mountainlab/clusters.git")
        let error = await #expect(throws: ConnectorError.self) { try await connector.add(world.cluster.assignment()) }
        let pair = Data("x-access-token:\(ForgeDouble.token)".utf8).base64EncodedString()
        #expect(server.requests.first?.headers["authorization"] == "Basic \(pair)")
        #expect(error?.code == .unauthorized, "\(String(describing: error))")
        let text = "\(String(describing: error))"
        #expect(!text.contains(ForgeDouble.token) && !text.contains(pair))
        await connector.close()
    }
}
