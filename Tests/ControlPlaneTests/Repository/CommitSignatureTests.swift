import AccessModel
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Whose commits are followed, by real git and real keys.
@Suite(.serialized) struct CommitSignatureTests {
    private struct Place {
        let folder: TemporaryFolder
        let repository: DefinitionRepository

        var work: String { folder.path + "/work" }

        init() async throws {
            folder = try TemporaryFolder()
            for name in ["allowed", "stranger"] {
                try await Self.run(
                    "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder.path + "/\(name)")
            }
            let key = try String(contentsOfFile: folder.path + "/allowed.pub", encoding: .utf8)
            try Data("ops@mountainlab.io namespaces=\"git\" \(key)".utf8)
                .write(to: URL(filePath: folder.path + "/signers"))
            try await Self.run("git", "init", "--quiet", "--initial-branch", "main", folder.path + "/work")
            repository = try DefinitionRepository(
                url: "file://" + folder.path + "/work", branch: "main", folder: folder.path + "/copy",
                signers: folder.path + "/signers")
        }

        @discardableResult
        static func run(_ program: String, _ arguments: String...) async throws -> String {
            let path = try #require(TestSystems.find(program))
            let run = try await ProgramRun.run(path, arguments)
            #expect(run.status == 0, "\(run.output)")
            return run.output
        }

        func git(_ arguments: String...) async throws {
            let path = try #require(TestSystems.find("git"))
            let own = ["-C", work, "-c", "user.name=T", "-c", "user.email=ops@mountainlab.io"]
            let run = try await ProgramRun.run(path, own + arguments)
            #expect(run.status == 0, "\(run.output)")
        }

        func commit(_ text: String, signedBy key: String?) async throws {
            try Data(text.utf8).write(to: URL(filePath: work + "/file"))
            try await git("add", "file")
            let signing =
                key.map { ["-c", "gpg.format=ssh", "-c", "user.signingkey=\(folder.path)/\($0)"] } ?? []
            let path = try #require(TestSystems.find("git"))
            let own = ["-C", work, "-c", "user.name=T", "-c", "user.email=ops@mountainlab.io"]
            let run = try await ProgramRun.run(
                path, own + signing + ["commit", "--quiet", "-m", text] + (key == nil ? ["--no-gpg-sign"] : ["-S"]))
            #expect(run.status == 0, "\(run.output)")
        }
    }

    @Test func onlyWhoIsAllowedCounts() async throws {
        let place = try await Place()
        try await place.commit("plain", signedBy: nil)
        #expect(try await place.repository.signature(of: place.repository.fetch()) == .refused("it is not signed"))
        try await place.commit("by another", signedBy: "stranger")
        #expect(
            try await place.repository.signature(of: place.repository.fetch())
                == .refused("its signature is by nobody who is allowed"))
        try await place.commit("by one of us", signedBy: "allowed")
        let head = try await place.repository.fetch()
        #expect(try await place.repository.signature(of: head) == .allowed("ops@mountainlab.io"))
        // Without the file of signers nobody is.
        let other = try DefinitionRepository(
            url: place.repository.url, branch: "main", folder: place.folder.path + "/other")
        #expect(!other.needsSignature)
        let same = try await other.fetch()
        #expect(try await other.signature(of: same) != .allowed("ops@mountainlab.io"))
    }

    @Test func aSignatureOfOtherContentsDoesNotCount() async throws {
        let place = try await Place()
        try await place.commit("by one of us", signedBy: "allowed")
        let head = try await place.repository.fetch()
        let object = try await Place.run("git", "-C", place.work, "cat-file", "commit", head)
        let forged = object.replacing("by one of us", with: "by none of us")
        try Data(forged.utf8).write(to: URL(filePath: place.folder.path + "/object"))
        let id = try await Place.run(
            "git", "-C", place.work, "hash-object", "-t", "commit", "-w", place.folder.path + "/object"
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        try await place.git("update-ref", "refs/heads/main", id)
        let fetched = try await place.repository.fetch()
        #expect(fetched == id)
        #expect(
            try await place.repository.signature(of: fetched) == .refused("its signature is by nobody who is allowed"))
    }

    @Test func aBranchThatWasWrittenAnewIsTold() async throws {
        let place = try await Place()
        try await place.commit("one", signedBy: nil)
        let first = try await place.repository.fetch()
        try await place.commit("two", signedBy: nil)
        let second = try await place.repository.fetch()
        #expect(try await place.repository.descends(second, from: first))
        #expect(try await !place.repository.descends(first, from: second))
        try await place.git("checkout", "--quiet", "--orphan", "fresh")
        try await place.commit("three", signedBy: nil)
        try await place.git("branch", "-M", "main")
        let third = try await place.repository.fetch()
        #expect(try await !place.repository.descends(third, from: second))
    }
}
