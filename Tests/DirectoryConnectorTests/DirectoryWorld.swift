import AccessModel
import ConnectorKit
import DirectoryConnector
import Foundation
import StrictJSON
import TestSupport
import Testing

/// A folder of its own with one directory in it.
struct DirectoryWorld: ConformanceWorld {
    let folder: String
    let configuration: ConnectorConfiguration
    let secrets = ["canary-credential-31337"]
    let pageSize = 40

    var path: String { folder + "/corp.directory" }
    var editor: DirectoryEditor { DirectoryEditor(path: path) }

    /// Makes the connector under test.
    let connector: @Sendable (ConnectorConfiguration) throws -> any Connector

    init(_ connector: @escaping @Sendable (ConnectorConfiguration) throws -> any Connector = { try LocalDirectory($0) })
        throws
    {
        self.connector = connector
        folder = NSTemporaryDirectory() + "tenure-directory-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        configuration = try Self.configuration(folder, settings: ["path": "corp.directory"])
    }

    static func configuration(_ folder: String, settings: JSONValue) throws -> ConnectorConfiguration {
        guard let target = Slug("corp"), let organization = Slug("mountainlab") else {
            throw CocoaError(.coderInvalidValue)
        }
        return ConnectorConfiguration(
            target: target, settings: settings, credential: SecretText("canary-credential-31337"),
            baseDirectory: folder, organization: organization, clock: { Instant(milliseconds: 1_763_712_000_000) })
    }

    func make() throws -> LocalDirectory { try LocalDirectory(configuration) }

    func remove() {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            Issue.record(error)
        }
    }

    func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    func write(_ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    // MARK: ConformanceWorld

    func addForeignAccount(named name: String) async throws { try await editor.addForeignAccount(named: name) }

    func addStrayMember(account: String, to group: String) async throws {
        try await editor.addMember(account: account, to: group)
    }

    func broken() async throws -> [BrokenConnector] {
        let damaged = folder + "/damaged.directory"
        try Data("this is no directory\n".utf8).write(to: URL(fileURLWithPath: damaged))
        let empty = folder + "/empty.directory"
        try Data().write(to: URL(fileURLWithPath: empty))
        func connector(_ path: String) throws -> any Connector {
            try self.connector(Self.configuration(folder, settings: ["path": .string(path)]))
        }
        return [
            BrokenConnector(name: "a damaged file", connector: try connector(damaged), expected: .incomplete),
            BrokenConnector(name: "an empty file", connector: try connector(empty), expected: .incomplete),
            BrokenConnector(
                name: "a folder that is not there", connector: try connector("absent/corp.directory"),
                expected: .configuration),
        ]
    }
}

extension LocalDirectory {
    func add(_ fact: Fact) async throws(ConnectorError) {
        guard let target = Slug("corp") else { return }
        let change = Change(
            target: target, operation: .add, lane: .grant, fact: fact, causes: [.drift], risk: 1, stage: 0)
        _ = try await apply(change, context: ApplyContext(idempotencyKey: fact.key, fencingToken: 1, attempt: 1))
    }

    func keys() async throws(ConnectorError) -> Set<String> { Set(try await observe(.everything).facts.map(\.key)) }
}

func sampleGroup(_ number: Int) -> Fact { .group(GroupFact(slug: "group-\(number)", notation: nil)) }
