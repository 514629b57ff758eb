import AccessModel
import Foundation
import StrictJSON

/// Another engine that decides the same questions by the same policies, in a process of its own.
enum PolicyPeer: String, CaseIterable {
    case regorus, cedar

    private var title: String { self == .regorus ? "regorus" : "cedarpy" }

    /// Microseconds a decision, if it gives the same answers.
    func reference(_ bench: Bench, _ cases: PolicyCases, _ answers: [[Slug]]) -> Reference {
        guard PeerProcess.isInstalled else { return bench.skip(title, why: PeerProcess.missing) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenure-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try write(cases, to: folder)
            let said = try PeerProcess.output(of: "policy_engines.py", [rawValue, folder.path])
            let found = try JSONParser.parse(said)
            guard let p50 = found["p50_us"]?.double, let theirs = found["answers"]?.array else {
                return bench.skip(title, why: "it printed `\(said.prefix(80))`")
            }
            let wanted = answers.map { JSONValue.array($0.map(\.text).sorted().map(JSONValue.string)) }
            guard theirs == wanted else { return bench.skip(title, why: "its answers are others") }
            return Reference(title, p50)
        } catch {
            return bench.skip(title, why: "\(error)")
        }
    }

    private func write(_ cases: PolicyCases, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let rego = "package tenure\n\nimport rego.v1\n\n" + cases.rules.map(\.rego).joined()
        let cedar = "permit(principal, action, resource);\n" + cases.rules.map(\.cedar).joined()
        try Data(rego.utf8).write(to: folder.appending(path: "policies.rego"))
        try Data(cedar.utf8).write(to: folder.appending(path: "policies.cedar"))
        let questions = JSONValue.array(Array(cases.questions.prefix(PolicyCases.compared)))
        try Data(questions.canonicalBytes).write(to: folder.appending(path: "questions.json"))
    }
}
