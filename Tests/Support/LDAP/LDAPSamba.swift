import Foundation
import Synchronization

/// A real Active Directory domain controller, Samba's, on a loopback address of its own.
///
/// It needs root, for its ports are fixed. A service account may do in two organisational units what the connector's
/// README recommends, and nothing else.
public final class LDAPSamba: LDAPTestServer {
    public let url: String
    /// In the clear until StartTLS.
    public let plainURL: String
    public let caFile: String
    public let baseDN = "DC=acme,DC=test"
    public let adminDN = "CN=Administrator,CN=Users,DC=acme,DC=test"
    public let adminPassword = "Adm1n-password-of-samba"
    /// What Tenure binds as.
    public let tenureDN = "CN=svc-tenure,CN=Users,DC=acme,DC=test"
    public let tenurePassword = "Svc1-password-of-samba"

    private let folder: LDAPFolder
    private let process: ChildProcess

    /// Provisions and starts a domain; nil, said and counted, where Samba is not installed or cannot be run.
    public static func start(for test: String = #function) throws -> LDAPSamba? {
        guard let path = try TestSystems.require("samba", for: test),
            try TestSystems.require("samba-tool", for: test) != nil, try requireRoot(test)
        else { return nil }
        return try LDAPSamba(path)
    }

    private static func requireRoot(_ test: String) throws -> Bool {
        guard geteuid() != 0 else { return true }
        return try TestSystems.require("samba-as-root", for: test) != nil
    }

    private init(_ path: String) throws {
        folder = try LDAPFolder()
        let octets = (0..<3).map { _ in Int.random(in: 2...250) }
        let address = "127.\(octets[0]).\(octets[1]).\(octets[2])"
        (url, plainURL) = ("ldaps://\(address)", "ldap://\(address)")
        let certificates = try LDAPCertificates(folder, address: address)
        caFile = certificates.caFile
        // Samba refuses a key that others may read.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: certificates.keyFile)
        let domain = folder.path + "/domain"
        try LDAPTool.require(
            "samba-tool",
            [
                "domain", "provision", "--targetdir=\(domain)", "--realm=ACME.TEST", "--domain=ACME",
                "--server-role=dc",
                "--dns-backend=NONE", "--adminpass=\(adminPassword)", "--host-name=dc1", "--host-ip=\(address)",
                "--use-rfc2307", "--option=interfaces=lo", "--option=bind interfaces only=yes",
                "--option=posix:eadb=\(domain)/eadb.tdb",
            ])
        let log = folder.url("samba.log")
        process = try ChildProcess(
            path,
            [
                "-F", "--no-process-group", "-s", domain + "/etc/smb.conf", "--option=server services=ldap",
                "--option=interfaces=\(address)/8", "--option=log file=\(folder.path)/samba.%m.log",
                "--option=tls cafile=\(certificates.caFile)", "--option=tls certfile=\(certificates.certificateFile)",
                "--option=tls keyfile=\(certificates.keyFile)",
            ], input: nil, output: log.path, errors: log.path)
        try process.wait(log: log) { try signIn(adminDN, adminPassword).status == 0 }
        try prepare(domain)
    }

    deinit { process.end(SIGTERM) }

    public func stop() { process.end(SIGTERM) }

    /// The units and the service account with its rights.
    private func prepare(_ domain: String) throws {
        for unit in ["People", "Groups", "Leavers"] {
            try add("dn: OU=\(unit),\(baseDN)\nobjectClass: organizationalUnit\nou: \(unit)\n")
        }
        try add(LDAPSamba.user("svc-tenure", in: "CN=Users,\(baseDN)", password: tenurePassword))
        let sid = try search("(sAMAccountName=svc-tenure)", ["objectSid"]).split(separator: "\n")
            .first { $0.hasPrefix("objectSid:: ") }.flatMap { Data(base64Encoded: String($0.dropFirst(12))) }
        guard let sid, let text = LDAPSamba.text(sid: Array(sid)) else {
            throw LDAPTool.Failure(description: "the service account has no SID")
        }
        let (user, group) = ("bf967aba-0de6-11d0-a285-00aa003049e2", "bf967a9c-0de6-11d0-a285-00aa003049e2")
        for (unit, type) in [("People", user), ("Leavers", user), ("Groups", group)] {
            try LDAPTool.require(
                "samba-tool",
                [
                    "dsacl", "set", "-H", domain + "/private/sam.ldb", "-s", domain + "/etc/smb.conf",
                    "--objectdn=OU=\(unit),\(baseDN)",
                    "--sddl=(OA;CI;CCDC;\(type);;\(text))(OA;CIIO;GA;;\(type);\(text))",
                ])
        }
    }

    // MARK: Texts

    /// An active user as LDIF has it.
    public static func user(_ name: String, in unit: String, password: String, _ more: [String] = []) -> String {
        let encoded = Data("\"\(password)\"".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        return
            ([
                "dn: CN=\(name),\(unit)", "objectClass: user", "sAMAccountName: \(name.prefix(20))",
                "userAccountControl: 512", "unicodePwd:: \(encoded.base64EncodedString())",
            ] + more).joined(separator: "\n") + "\n"
    }

    private static func text(sid: [UInt8]) -> String? {
        guard sid.count >= 8, sid.count == 8 + Int(sid[1]) * 4 else { return nil }
        let authority = sid[2..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let parts = stride(from: 8, to: sid.count, by: 4).map { start in
            sid[start..<(start + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        return "S-\(sid[0])-\(authority)" + parts.map { "-\($0)" }.joined()
    }
}
