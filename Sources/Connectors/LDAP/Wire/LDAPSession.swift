import AccessModel
import CLDAP
import ConnectorKit
import Foundation

/// One connection to a directory, protected and signed in.
///
/// Not for sharing: it blocks the thread it is used on, and belongs to the ``SessionLane`` that made it. All that the
/// library hands out is freed where it was received, and the connection when the session goes.
final class LDAPSession {
    let handle: OpaquePointer
    let endpoint: LDAPEndpoint
    /// Set once the connection is of no use any more; a new session is needed.
    private(set) var isBroken = false
    var attributeNames = AttributeNames()

    /// Connects, protects the connection if the endpoint says so, and signs in.
    init(_ endpoint: LDAPEndpoint) throws(LDAPFailure) {
        var created: OpaquePointer?
        let code = ldap_initialize(&created, endpoint.url)
        guard code == LDAP_SUCCESS, let created else {
            throw .refused(.configuration, "`\(endpoint.url)` is not an address; write ldaps://host:port")
        }
        handle = created
        self.endpoint = endpoint
        try configure()
        do {
            if endpoint.startsTLS { try check(ldap_start_tls_s(handle, nil, nil)) }
            try signIn()
        } catch {
            throw Self.explained(error, endpoint)
        }
    }

    deinit { ldap_unbind_ext_s(handle, nil, nil) }

    /// Everything is set on this connection alone and explicitly, so that no ldap.conf or environment can weaken it.
    private func configure() throws(LDAPFailure) {
        try set(LDAP_OPT_PROTOCOL_VERSION, 3)
        try set(LDAP_OPT_DEREF, 0)
        try check(ldap_set_option(handle, LDAP_OPT_REFERRALS, nil))
        var on: Int32 = 1
        try check(ldap_set_option(handle, LDAP_OPT_RESTART, &on))
        var network = endpoint.networkTimeout.timeval
        try check(ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &network))
        var operation = endpoint.operationTimeout.timeval
        try check(ldap_set_option(handle, LDAP_OPT_TIMEOUT, &operation))
        guard endpoint.isProtected else { return }
        try set(LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND)
        if let file = endpoint.caFile {
            try check(ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, file))
            try check(ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTDIR, ""))
        }
        let isClient: Int32 = 0
        do {
            try set(LDAP_OPT_X_TLS_NEWCTX, isClient)
        } catch {
            throw .refused(
                .configuration, "the certificates in `\(endpoint.caFile ?? "the system's store")` are unusable")
        }
    }

    private func set(_ option: Int32, _ value: Int32) throws(LDAPFailure) {
        var value = value
        try check(ldap_set_option(handle, option, &value))
    }

    private func signIn() throws(LDAPFailure) {
        let memory = RequestMemory()
        var credential = memory.value(Array(try password().reveal().utf8))
        // A name with an empty password is an anonymous sign-in that a server may call a success.
        guard credential.bv_len > 0, !endpoint.bindDN.isEmpty else {
            throw .refused(.configuration, "a bind DN and a password that is not empty are needed")
        }
        try check(ldap_sasl_bind_s(handle, endpoint.bindDN, nil, &credential, nil, nil, nil))
    }

    private func password() throws(LDAPFailure) -> SecretText {
        do throws(ConnectorError) {
            return try endpoint.password()
        } catch {
            throw .refused(error.code, error.message)
        }
    }

    /// The library says of a certificate that it does not trust only that there is no connection.
    private static func explained(_ failure: LDAPFailure, _ endpoint: LDAPEndpoint) -> LDAPFailure {
        guard endpoint.isProtected, case .answered(let code, _) = failure, code == .serverDown || code == .connectError
        else { return failure }
        let store = endpoint.caFile.map { "`\($0)`" } ?? "the system's store"
        return .answered(
            code,
            "no protected connection to `\(endpoint.url)`; the server is not there, or its certificate is not for that name or not from \(store)"
        )
    }

    // MARK: Answers

    /// Turns a code into nothing or an error.
    func check(_ code: Int32) throws(LDAPFailure) {
        let result = ResultCode(rawValue: code)
        if result != .success { throw failure(result) }
    }

    /// The error for a code that the library returned, with the server's own words, if there are any.
    func failure(_ result: ResultCode) -> LDAPFailure {
        if result.breaksConnection || result == .unavailable { isBroken = true }
        var text: UnsafeMutablePointer<CChar>?
        defer { ldap_memfree(text) }
        guard ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text) == LDAP_SUCCESS, let text else {
            return .answered(result, "")
        }
        return .answered(result, String(cString: text))
    }

    /// The error for a call that failed without saying how.
    func lastFailure() -> LDAPFailure {
        var code: Int32 = 0
        let isKnown = ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code) == LDAP_SUCCESS && code != LDAP_SUCCESS
        return failure(isKnown ? ResultCode(rawValue: code) : .serverDown)
    }
}

extension Span {
    var timeval: timeval {
        Foundation.timeval(tv_sec: Int(milliseconds / 1_000), tv_usec: .init(milliseconds % 1_000 * 1_000))
    }
}
