import AccessModel
import ConnectorKit

/// Where a directory is, how the way there is protected, and as whom to speak to it.
struct LDAPEndpoint: Sendable {
    /// `ldap://host:port` or `ldaps://host:port`, nothing else in it.
    var url: String
    /// Turn a connection that begins in the clear into a protected one before anything is said on it.
    var startsTLS: Bool
    /// PEM certificates that vouch for the server's; nil for those of the system.
    var caFile: String?
    var bindDN: String
    /// Asked each time that a session begins.
    var password: CredentialReader
    /// To connect.
    var networkTimeout: Span
    /// For each answer.
    var operationTimeout: Span

    var isProtected: Bool { startsTLS || url.hasPrefix("ldaps://") }
}
