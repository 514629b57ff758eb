import AccessModel
import ConnectorKit
import Foundation
import TestSupport
import Testing

@testable import Forges

/// GitHub's and GitLab's API as their doubles have it.
@Suite struct ForgeTests {
    private func forge(_ double: ForgeDouble) throws -> any Forge {
        let place = ForgePlace(
            kind: double.kind == .github ? .github : .gitlab, url: double.url, project: "mountainlab/clusters")
        return try place.connect(token: SecretText(ForgeDouble.token)) { Instant(milliseconds: 0) }
    }

    @Test(arguments: [ForgeDouble.Kind.github, .gitlab])
    func whatIsOpenIsListedWithItsHead(_ kind: ForgeDouble.Kind) async throws {
        let double = try ForgeDouble(kind)
        for number in 1...103 { double.openByHand(from: "main", into: number == 2 ? "other" : "main") }
        double.reject(3)
        let forge = try forge(double)
        let open = try await forge.openRequests(into: "main", operation: "list")
        #expect(open.requests.map(\.number) == [1] + Array(4...103) && open.isWhole)
        #expect(try open.requests.first?.head == double.repository.head(of: "main"))
        await forge.close()
    }

    @Test(arguments: [ForgeDouble.Kind.github, .gitlab])
    func aCommentIsFoundAmongOthersAndWrittenAnew(_ kind: ForgeDouble.Kind) async throws {
        let double = try ForgeDouble(kind)
        double.openByHand(from: "main")
        for index in 0..<150 { double.comment("<!-- mark --> \(index)", on: 1, by: "mallory") }
        let forge = try forge(double)
        let written = try await forge.comment("<!-- mark --> mine", on: 1, operation: "write")
        let comments = try await forge.comments(on: 1, operation: "read")
        #expect(comments.count == 151 && comments.filter(\.isOwn).map(\.id) == [written.id])
        try await forge.edit(written, to: "<!-- mark --> newer", on: 1, operation: "edit")
        #expect(double.comments.last?.body == "<!-- mark --> newer" && double.comments.last?.edits == 1)
        await forge.close()
    }

    @Test func whatAnAppWroteIsItsOwn() async throws {
        let double = try ForgeDouble(.github)
        double.openByHand(from: "main")
        double.becomeBot()
        double.comment("mine?", on: 1, by: "mallory")
        let forge = try forge(double)
        _ = try await forge.comment("mine", on: 1, operation: "write")
        #expect(try await forge.comments(on: 1, operation: "read").map(\.isOwn) == [false, true])
        await forge.close()
    }

    @Test(arguments: [ForgeDouble.Kind.github, .gitlab])
    func aStatusIsSaidOfACommit(_ kind: ForgeDouble.Kind) async throws {
        let double = try ForgeDouble(kind)
        let head = try double.repository.head(of: "main")
        let forge = try forge(double)
        let status = CommitStatus(name: "tenure/plan", state: .failure, description: String(repeating: "é", count: 400))
        #expect(status.description.count == 140)
        // Twice: what it says already it goes on saying.
        for _ in 0..<2 { try await forge.setStatus(status, of: head, operation: "say") }
        #expect(double.statuses.allSatisfy { $0.name == "tenure/plan" && $0.commit == head })
        #expect(double.statuses.first?.state == (kind == .github ? "failure" : "failed"))
        let other = CommitStatus(name: "tenure/plan", state: .success, description: "fine")
        try await forge.setStatus(other, of: head, operation: "say")
        #expect(double.statuses.last?.state == "success")
        await #expect(throws: ConnectorError.self) {
            try await forge.setStatus(other, of: String(repeating: "0", count: 40), operation: "say")
        }
        await forge.close()
    }

    @Test func addressesSayWhereTheProjectIs() {
        #expect(ForgePlace.project(of: "https://github.com/acme/iam.git") == "acme/iam")
        #expect(ForgePlace.project(of: "git@gitlab.com:acme/teams/iam.git") == "acme/teams/iam")
        #expect(ForgePlace.project(of: "ssh://git@git.acme.example:2222/acme/iam") == "acme/iam")
        #expect(ForgePlace.project(of: "file:///srv/iam.git") == nil)
        #expect(ForgePlace.project(of: "https://github.com/acme/../iam") == nil)
        #expect(ForgePlace.host(of: "https://user:pass@Git.acme.example:8443/a/b") == "git.acme.example")
        #expect(ForgePlace.host(of: "git@gitlab.com:acme/iam.git") == "gitlab.com")
        #expect(ForgePlace.host(of: "file:///srv/iam.git") == nil)
    }
}
