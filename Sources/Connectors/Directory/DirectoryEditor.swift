import AccessModel
import ConnectorKit

/// What a person with the directory's own tools could do to it behind Tenure's back; for tests, drills and the demo.
public struct DirectoryEditor: Sendable {
    private let file: DirectoryFile

    /// - Parameter path: Of the directory's file.
    public init(path: String) { file = DirectoryFile(path: path, name: "directory") }

    /// Makes an account that belongs to nobody whom Tenure knows.
    public func addForeignAccount(named name: String, state: Account.State = .active) async throws(ConnectorError) {
        try await put(.account(Account(identity: .foreign(name), name: name, state: state)))
    }

    /// Makes a group that Tenure does not own.
    public func addGroup(_ slug: String) async throws(ConnectorError) {
        try await put(.group(GroupFact(slug: slug, notation: nil)))
    }

    /// Puts the account of that name into the group.
    ///
    /// - Throws: A `missing_dependency` error when there is no such account.
    public func addMember(account name: String, to group: String) async throws(ConnectorError) {
        _ = try await file.write(operation: "add \(name) to \(group)") { (contents) throws(ConnectorError) in
            guard let account = contents.account(named: name) else {
                throw ConnectorError(
                    code: .missingDependency, operation: "add \(name) to \(group)", message: "there is no such account")
            }
            let membership = Membership(group: group, notation: nil, identity: account.identity, account: account.name)
            return [.put(.membership(membership))]
        }
    }

    /// Takes a fact out, whoever owns it.
    public func remove(_ fact: Fact) async throws(ConnectorError) {
        _ = try await file.write(operation: "remove \(fact.key)") { (_) throws(ConnectorError) in [.delete(fact)] }
    }

    /// All that the directory holds.
    public func facts() async throws(ConnectorError) -> [Fact] {
        try await file.read(operation: "list") { $0.facts(in: .everything) }
    }

    private func put(_ fact: Fact) async throws(ConnectorError) {
        _ = try await file.write(operation: "add \(fact.key)") { (_) throws(ConnectorError) in [.put(fact)] }
    }
}
