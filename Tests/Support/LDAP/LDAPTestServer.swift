import Foundation

/// A real directory that a test started, and its own clients to look into it and to change it behind Tenure's back.
public protocol LDAPTestServer: Sendable {
    /// `ldaps://...`
    var url: String { get }
    var caFile: String { get }
    var baseDN: String { get }
    /// May do everything.
    var adminDN: String { get }
    var adminPassword: String { get }
}

extension LDAPTestServer {
    private func client(_ name: String, _ dn: String, _ password: String, _ arguments: [String], input: String = "")
        throws -> LDAPTool.Outcome
    {
        let environment = ["LDAPTLS_CACERT=\(caFile)", "LDAPTLS_REQCERT=demand"]
        guard let path = TestSystems.find(name) else { throw LDAPTool.Failure(description: "`\(name)` is missing") }
        return try LDAPTool.run(
            "env", environment + [path, "-x", "-H", url, "-D", dn, "-w", password] + arguments, input: input)
    }

    /// What ldapsearch prints, unwrapped, without comments and empty lines. Throws when it fails.
    public func search(
        _ filter: String, base: String? = nil, scope: String = "sub", _ attributes: [String] = ["*", "+"]
    ) throws -> String {
        let options = ["-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b", base ?? baseDN, "-s", scope]
        let outcome = try client("ldapsearch", adminDN, adminPassword, options + [filter] + attributes)
        guard outcome.status == 0 else { throw LDAPTool.Failure(description: "ldapsearch: \(outcome.errors)") }
        let lines = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Adds entries as LDIF has them.
    public func add(_ ldif: String) throws { try change(ldif, ["-a"]) }

    /// Changes entries as LDIF has it.
    public func modify(_ ldif: String) throws { try change(ldif, []) }

    private func change(_ ldif: String, _ options: [String]) throws {
        let outcome = try client("ldapmodify", adminDN, adminPassword, options, input: ldif)
        guard outcome.status == 0 else { throw LDAPTool.Failure(description: "ldapmodify: \(outcome.errors)") }
    }

    /// Signs in; the status is the server's result code, and `errors` what it said.
    public func signIn(_ dn: String, _ password: String) throws -> LDAPTool.Outcome {
        // Samba does not answer ldapwhoami.
        try client("ldapsearch", dn, password, ["-LLL", "-b", "", "-s", "base", "(objectClass=*)", "1.1"])
    }
}
