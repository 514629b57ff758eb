import Foundation
import StrictJSON
import Synchronization

/// A directory in a file, read by what its format says: each line an entry, each batch closed by a line `commit`.
final class DirectoryTarget: TargetSystem {
    private let path: String
    private let saved = Mutex<[String: Data]>([:])

    init(path: String) { self.path = path }

    var definition: String {
        """
        connector: directory
            settings: {path: "\(path)"}
        """
    }

    var environment: [String: String] { [:] }
    var ports: [Int] { [] }
    var hasRoles: Bool { true }

    private var files: [String] { [path, path + ".lock"] }

    func save() throws {
        let files = try files.map { ($0, try Data(contentsOf: URL(filePath: $0))) }
        saved.withLock { $0 = Dictionary(uniqueKeysWithValues: files) }
    }

    func restore() throws {
        let new = path + ".new"
        if FileManager.default.fileExists(atPath: new) { try FileManager.default.removeItem(atPath: new) }
        for (path, bytes) in saved.withLock({ $0 }) { try bytes.write(to: URL(filePath: path)) }
    }

    func stop() {}

    func holdings() throws -> Holdings {
        let bytes = try Data(contentsOf: URL(filePath: path))
        let begin = saved.withLock { $0[path] } ?? Data()
        var facts: [String: JSONValue] = [:]
        for entry in try entries(bytes) { try execute(entry, &facts) }
        var holdings = Holdings()
        var roles: [String] = []
        for (key, fact) in facts {
            let words = key.split(separator: " ").map(String.init)
            switch words.first {
            case "account": holdings.accounts.append("\(words[1]) \(fact["state"]?.string ?? "")")
            case "group": holdings.groups.append(words[1])
            case "membership": holdings.memberships.append("\(words[1]) \(words[2])")
            default: roles.append("\(words[1]) \(words[2])")
            }
        }
        holdings.roles = roles
        // A file that was written anew keeps no journal of how it came about.
        if bytes.starts(with: begin) {
            holdings.journal = try entries(bytes.dropFirst(begin.count)).map { try Self.told($0) }
        }
        return holdings
    }

    /// Of whole batches; a torn one at the end was never promised.
    private func entries(_ bytes: Data) throws -> [JSONValue] {
        var entries: [JSONValue] = []
        var batch: [JSONValue] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let value = try? JSONParser.parse(line) else { continue }
            if value["commit"] != nil {
                entries += batch
                batch = []
            } else if value["directory"] == nil {
                batch.append(value)
            }
        }
        return entries
    }

    private func execute(_ entry: JSONValue, _ facts: inout [String: JSONValue]) throws {
        if let fact = entry["put"] {
            facts[try Self.key(fact)] = fact
        } else if let fact = entry["delete"] {
            facts[try Self.key(fact)] = nil
        }
    }

    private static func told(_ entry: JSONValue) throws -> String {
        if let fact = entry["put"] { return "put \(try key(fact))" }
        return "delete \(try key(entry["delete"] ?? .null))"
    }

    private static func key(_ fact: JSONValue) throws -> String {
        let group = fact["group"]?.string ?? ""
        let identity = fact["identity"]?.string ?? ""
        switch fact["kind"]?.string {
        case "account": return "account \(identity)"
        case "group": return "group \(group)"
        case "membership": return "membership \(group) \(identity)"
        case "role_assignment": return "role \(group) \(fact["role"]?.string ?? "")"
        default: throw TargetTrouble(description: "this is no fact that the stories make: \(fact.compactText)")
        }
    }
}
