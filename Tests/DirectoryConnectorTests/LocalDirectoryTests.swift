import AccessModel
import ConnectorKit
import DirectoryConnector
import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite struct LocalDirectoryTests {
    @Test func conforms() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let report = try await ConnectorConformance.run(makeConnector: { try LocalDirectory($0) }, world: world)
        #expect(report.failures == [])
        #expect(report.checks.count >= 25, "\(report)")
    }

    @Test func aWaveOfChangesSharesItsFlushes() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let directory = try world.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 { group.addTask { try await directory.add(sampleGroup(number)) } }
            try await group.waitForAll()
        }
        let commits = try String(decoding: world.bytes(), as: UTF8.self).split(separator: "\n").count {
            $0.hasPrefix(#"{"commit""#)
        }
        #expect(commits < 100, "500 changes took \(commits) batches")
        #expect(try await world.make().keys().count == 500)
    }

    @Test func twoNodesSeeAndKeepEachOthersChanges() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let (one, two) = (try world.make(), try world.make())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask { try await (number.isMultiple(of: 2) ? one : two).add(sampleGroup(number)) }
            }
            try await group.waitForAll()
        }
        #expect(try await one.keys().count == 60)
        #expect(try await two.keys() == one.keys())
    }

    @Test func aLongJournalIsWrittenAnewAndSorted() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let (one, two) = (try world.make(), try world.make())
        let editor = world.editor
        try await one.add(sampleGroup(1))
        for round in 0..<12 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        if round.isMultiple(of: 2) {
                            try await one.add(sampleGroup(number + 10))
                        } else {
                            try await editor.remove(sampleGroup(number + 10))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let lines = try String(decoding: world.bytes(), as: UTF8.self).split(separator: "\n")
        #expect(lines.count < 1_100, "\(lines.count) lines were never compacted")
        #expect(try await two.keys() == ["group group-1"])
    }

    @Test func whatIsWrittenIsReadableText() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let directory = try world.make()
        try await directory.add(sampleGroup(1))
        let lines = try String(decoding: world.bytes(), as: UTF8.self).split(separator: "\n")
        #expect(lines.contains(#"{"put":{"group":"group-1","kind":"group"}}"#))
        #expect(lines.count == 3)
    }

    static let unusable: [(JSONValue, String)] = [
        (.object(JSONObject()), "the setting `path` is missing"),
        (["path": 7], "`path` is a number"),
        (["path": ""], "`path` is empty"),
        (["path": "../x"], "leads upward"),
        (["path": "x", "paht": "y"], "`paht` is not known; did you mean `path`?"),
    ]

    @Test(arguments: unusable)
    func refusesSettings(_ settings: JSONValue, _ message: String) throws {
        let configuration = try DirectoryWorld.configuration("/nowhere", settings: settings)
        let error = #expect(throws: ConnectorError.self) { try LocalDirectory(configuration) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    }
}
