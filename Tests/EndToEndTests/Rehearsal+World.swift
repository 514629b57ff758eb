import AccessModel
import DirectoryConnector
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

extension Rehearsal {
    /// All that the directories hold, from their own files, a line each.
    func world(_ targets: [String] = ["corp", "shop"]) async throws -> [String] {
        var lines: [String] = []
        for target in targets {
            let facts = try await DirectoryEditor(path: path("mountainlab/\(target).directory")).facts()
            lines += facts.map { "\(target) \($0.json.compactText)" }
        }
        return lines.sorted()
    }

    /// What the person has in the directories, by key: `corp membership everyone e-0003`.
    func access(in targets: [String] = ["corp", "shop"], of person: String) async throws -> [String] {
        var lines: [String] = []
        for target in targets {
            let facts = try await DirectoryEditor(path: path("mountainlab/\(target).directory")).facts()
            for fact in facts where fact.identity?.description == person {
                guard case .account(let account) = fact else {
                    lines.append("\(target) \(fact.key)")
                    continue
                }
                lines.append("\(target) account \(account.state.rawValue)")
            }
        }
        return lines.sorted()
    }

    /// The bytes of the directories' files: the same as long as nobody wrote to them.
    func directoryFiles() throws -> [Data?] {
        ["corp", "shop"].map { FileManager.default.contents(atPath: path("mountainlab/\($0).directory")) }
    }

    /// What must not differ where a command changed nothing.
    struct Standing: Equatable {
        let people: JSONValue
        let directories: [Data?]
        /// Records, but for those of holds.
        let records: Int
    }

    func standing() async throws -> Standing {
        let records = try await records().filter { !$0.type.hasPrefix("hold.") }
        return Standing(
            people: try await json("people", "show"), directories: try directoryFiles(), records: records.count)
    }

    /// An event of Mountainlab's HR, in a file.
    func event(
        _ id: String, _ type: String, _ subject: String, time: String, effective: String? = nil,
        person: JSONValue = ["status": "left"]
    ) throws -> String {
        var data: [JSONObject.Member] = [JSONObject.Member(name: "person", value: person)]
        if let effective { data.append(JSONObject.Member(name: "effective", value: .string(effective))) }
        let event: JSONValue = [
            "specversion": "1.0", "id": .string(id), "source": "hr/test", "type": .string("io.tenure.identity.\(type)"),
            "time": .string(time), "subject": .string(subject), "data": .object(JSONObject(data)),
        ]
        try write("\(id).json", event.prettyText)
        return "\(id).json"
    }

    /// Hugo's two teams agree that he moves.
    func moveHugoInFiles() throws {
        try edit("mountainlab/tenants/storefront.yaml") {
            $0.replacing("    - hugo@mountainlab.io\n", with: "")
        }
        try edit("mountainlab/tenants/insights.yaml") {
            $0.replacing("    - ivan@mountainlab.io\n", with: "    - ivan@mountainlab.io\n    - hugo@mountainlab.io\n")
        }
    }

    /// The HR feed without these people, as of a later time, its count right.
    func feed(without people: Set<String>, asOf: String = "2026-11-21T07:00:00Z") throws -> String {
        let lines = try read("mountainlab/hr/people.csv").split(separator: "\n")
        let kept = lines.filter { line in
            !line.hasPrefix("#") && !people.contains(String(line.prefix { $0 != "," }))
        }
        return kept.joined(separator: "\n") + "\n#count,\(kept.count - 1),\(asOf)\n"
    }

    static let templatePath = Mutex("")

    static func removeTemplate() {
        do {
            try FileManager.default.removeItem(atPath: templatePath.withLock { $0 })
        } catch {
            print("cannot remove the tests' template: \(error)")
        }
    }
}

/// A new folder that is removed when its owner lets go of it; in memory where the system has that, because a process
/// that is killed leaves the same behind there, and nobody waits for a disk.
final class RehearsalFolder: Sendable {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let base = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = base + "/tenure-rehearsal-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Keeps what is in it now under another name.
    func save() throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: path + ".saved", withIntermediateDirectories: false)
        for name in try manager.contentsOfDirectory(atPath: path) {
            try manager.copyItem(atPath: path + "/" + name, toPath: path + ".saved/" + name)
        }
    }

    /// Makes it as it was when it was saved.
    func restore() throws {
        let manager = FileManager.default
        for name in try manager.contentsOfDirectory(atPath: path) { try manager.removeItem(atPath: path + "/" + name) }
        for name in try manager.contentsOfDirectory(atPath: path + ".saved") {
            try manager.copyItem(atPath: path + ".saved/" + name, toPath: path + "/" + name)
        }
    }

    deinit {
        for folder in [path, path + ".saved"] where FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                print("cannot remove \(folder): \(error)")
            }
        }
    }
}
