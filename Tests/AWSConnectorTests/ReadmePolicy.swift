import Foundation
import StrictJSON
import TestSupport

/// One of the README's policy documents, for moto's account and the tests' organisation: what the tests run with is what
/// the README asks for.
struct ReadmePolicy {
    let statements: [JSONValue]

    var document: JSONValue { ["Version": "2012-10-17", "Statement": .array(statements)] }

    var names: [String] { statements.compactMap { $0["Sid"]?.string } }

    var actions: Set<String> { Set(statements.flatMap { $0["Action"]?.array ?? [] }.compactMap(\.string)) }

    /// - Parameter connector: The heading that it stands under: `aws`, `aws-iam`, `aws-secrets`.
    static func named(_ connector: String) throws -> ReadmePolicy {
        let path = TestSystems.packageDirectory + "/Sources/Connectors/AWS/README.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let chapter = text.components(separatedBy: "\n## `\(connector)`\n").dropFirst().first ?? ""
        let block = chapter.components(separatedBy: "```json\n").dropFirst().first?.components(separatedBy: "```").first
        let own = (block ?? "").replacingOccurrences(of: "111111111111", with: MotoServer.account)
            .replacingOccurrences(of: "tenure/ORG/", with: "tenure/mountainlab/")
            .replacingOccurrences(of: "policy/tenure-operator-boundary", with: "policy/boundary")
        guard let statements = try JSONParser.parse(own)["Statement"]?.array else {
            throw ToolFailure(description: "the README has no policy for `\(connector)`")
        }
        return ReadmePolicy(statements: statements)
    }

    func without(statement name: String) -> ReadmePolicy {
        ReadmePolicy(statements: statements.filter { $0["Sid"]?.string != name })
    }

    func without(actions: Set<String>) -> ReadmePolicy {
        ReadmePolicy(
            statements: statements.map { statement in
                guard var object = statement.object, let all = statement["Action"]?.array else { return statement }
                object["Action"] = .array(all.filter { !actions.contains($0.string ?? "") })
                return .object(object)
            })
    }
}
