import AccessModel
import ConnectorKit
import Foundation
import Testing

@Suite struct CredentialReferenceTests {
    private let target: Slug
    private let folder: String

    init() throws {
        target = try #require(Slug("corp"))
        folder = NSTemporaryDirectory() + "tenure-credential-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    private func file(_ text: String, mode: Int) throws {
        let path = folder + "/secret"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func resolve(_ text: String) throws -> String {
        defer { removeFolder() }
        return try CredentialReference(text, target: target).resolve(
            target: target, baseDirectory: folder, environment: ["CORP_PASSWORD": "hunter22", "EMPTY": ""]
        ).reveal()
    }

    private func removeFolder() { _ = unlink(folder + "/secret") + rmdir(folder) }

    @Test func readsTheEnvironment() throws { #expect(try resolve("env:CORP_PASSWORD") == "hunter22") }

    @Test(arguments: ["canary-31337\n", "canary-31337\r\n", "canary-31337"])
    func readsAFileWithoutItsLastLineFeed(_ text: String) throws {
        try file(text, mode: 0o600)
        #expect(try resolve("file:secret") == "canary-31337")
    }

    @Test func aReaderReadsWhatIsThereNow() throws {
        defer { removeFolder() }
        try file("canary-1", mode: 0o600)
        let read = try CredentialReference("file:secret", target: target).reader(target: target, baseDirectory: folder)
        #expect(try read().reveal() == "canary-1")
        try file("canary-2", mode: 0o600)
        #expect(try read().reveal() == "canary-2")
        #expect(!"\(try read())".contains("canary"))
        // Whoever writes it anew is not done yet.
        try file("", mode: 0o600)
        let error = #expect(throws: ConnectorError.self) { _ = try read() }
        #expect(error?.isRetryable == true && error?.message.contains("is empty") == true)
    }

    @Test func refusesAFileThatEveryoneCanRead() throws {
        try file("canary-31337", mode: 0o644)
        try expectRefused("file:secret", "chmod 600")
    }

    @Test func refusesAnEmptyFile() throws {
        try file("\n", mode: 0o600)
        try expectRefused("file:secret", "is empty")
    }

    @Test(arguments: [
        ("hunter22", "not a reference"), ("env:", "not a reference"), ("env:A B", "not a reference"),
        ("env:ABSENT", "`ABSENT` is not set"), ("env:EMPTY", "is not set, or empty"),
        ("file:absent", "cannot be opened"),
        ("file:.", "not a regular file"), ("vault:kv/corp", "not available yet"), ("aws-sm:corp", "not available yet"),
    ])
    func refuses(_ reference: String, _ message: String) throws { try expectRefused(reference, message) }

    private func expectRefused(_ reference: String, _ message: String) throws {
        let error = #expect(throws: ConnectorError.self) { try resolve(reference) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
        #expect(error?.description.contains("canary") == false)
        #expect(error?.description.contains("hunter22") == false)
    }
}
