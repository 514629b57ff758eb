import AccessModel
import ConnectorKit

/// The target that a connector is put to the test on, and what a stranger can do to it behind the connector's back.
///
/// The target is for this run alone; the suite makes and removes what it likes. Names that it uses begin with `tcf`.
public protocol ConformanceWorld: Sendable {
    /// With which a connector works; the suite varies it to make ones that do not.
    var configuration: ConnectorConfiguration { get }

    /// Texts that must never come out: the credential, and whatever else is secret here. Long enough to be no accident.
    var secrets: [String] { get }

    /// How many objects come on one page; the suite makes more than that.
    var pageSize: Int { get }

    /// Local parts of e-mail addresses that try the target's escaping.
    var trickyLocalParts: [String] { get }

    /// A name with the characters that have a meaning in filters, names, paths and documents.
    var trickyName: String { get }

    /// Makes an active account that Tenure knows nothing of, with the target's own tools.
    func addForeignAccount(named name: String) async throws

    /// Puts the account into the group, with the target's own tools.
    func addStrayMember(account: String, to group: String) async throws

    /// A connector to a target that answers the next change with a request to slow down; nil where this world has no
    /// way to bring that about.
    func throttled() async throws -> ThrottledConnector?

    /// Connectors that cannot work: a wrong credential, a target that is not there, one that breaks off.
    func broken() async throws -> [BrokenConnector]
}

extension ConformanceWorld {
    public var trickyLocalParts: [String] { ["o'hara+tcf", "tcf*", "tcf{x}|y=z"] }
    public var trickyName: String { ##"Zoë ,+"\<>;=#*() é 'q' %41 &amp; ${x} 日本"## }
    public func throttled() async throws -> ThrottledConnector? { nil }
    public func broken() async throws -> [BrokenConnector] { [] }
}

/// A connector whose target is busy.
public struct ThrottledConnector: Sendable {
    public let connector: any Connector
    /// What the target asks to wait.
    public let delay: Span

    public init(connector: any Connector, delay: Span) {
        self.connector = connector
        self.delay = delay
    }
}

/// A connector that cannot work, and how it must say so.
public struct BrokenConnector: Sendable {
    /// For the report: `a wrong password`.
    public let name: String
    public let connector: any Connector
    public let expected: ConnectorError.Code

    public init(name: String, connector: any Connector, expected: ConnectorError.Code) {
        self.name = name
        self.connector = connector
        self.expected = expected
    }
}
