import Foundation
import Synchronization

/// A real OpenLDAP server on loopback, in a folder of its own, with LDAPS, StartTLS and the overlays of the field.
///
/// Its access rules are those that the connector's README recommends, word for word.
public final class LDAPSlapd: LDAPTestServer {
    public let url: String
    /// In the clear until StartTLS.
    public let plainURL: String
    public let caFile: String
    public let baseDN = "dc=example,dc=org"
    public let adminDN = "cn=root,dc=example,dc=org"
    public let adminPassword = "root-password-of-slapd"
    /// What Tenure binds as.
    public let tenureDN = "cn=tenure,ou=services,dc=example,dc=org"
    public let tenurePassword = "tenure-password-of-slapd"

    private let folder: LDAPFolder
    private let path: String
    private let process = Mutex<ChildProcess?>(nil)
    private var log: URL { folder.url("slapd.log") }

    /// Starts a server; nil, said and counted, where slapd is not installed.
    ///
    /// - Parameters:
    ///   - isUnlimited: Whether Tenure's entry may page through more entries than others may read.
    ///   - entries: A file of LDIF with what it holds besides; loaded before it runs, so that there may be many.
    public static func start(
        isUnlimited: Bool = true, holding entries: String? = nil, for test: String = #function
    ) throws -> LDAPSlapd? {
        guard let path = try TestSystems.require("slapd", for: test),
            try TestSystems.require("ldapsearch", for: test) != nil
        else { return nil }
        let server = try LDAPSlapd(path, isUnlimited: isUnlimited, holding: entries)
        try server.launch()
        return server
    }

    private init(_ path: String, isUnlimited: Bool, holding entries: String?) throws {
        self.path = path
        folder = try LDAPFolder()
        let certificates = try LDAPCertificates(folder, address: "127.0.0.1")
        caFile = certificates.caFile
        url = "ldaps://127.0.0.1:\(try LoopbackSocket.freePort())"
        plainURL = "ldap://127.0.0.1:\(try LoopbackSocket.freePort())"
        try FileManager.default.createDirectory(atPath: folder.path + "/db", withIntermediateDirectories: true)
        let config = try folder.write(try configuration(certificates, isUnlimited: isUnlimited), to: "slapd.conf")
        let base = try folder.write(Self.entries(tenurePassword), to: "base.ldif")
        try LDAPTool.require("slapadd", ["-f", config, "-l", base])
        if let entries { try LDAPTool.require("slapadd", ["-q", "-f", config, "-l", entries]) }
    }

    deinit { stop() }

    /// Starts the server, or starts it again on the same data.
    public func launch() throws {
        let started = try ChildProcess(
            path, ["-f", folder.path + "/slapd.conf", "-h", "\(plainURL)/ \(url)/", "-d", "0"], input: nil,
            output: log.path, errors: log.path)
        process.withLock { $0 = started }
        try started.wait(log: log) { try signIn(adminDN, adminPassword).status == 0 }
    }

    /// Keeps what it holds now, for ``restoreData()``.
    public func saveData() throws {
        stop()
        try replaceData(from: "db", to: "db.saved")
        try launch()
    }

    /// Makes it hold what it held then, entry for entry.
    public func restoreData() throws {
        crash()
        try replaceData(from: "db.saved", to: "db")
        try launch()
    }

    private func replaceData(from: String, to: String) throws {
        let manager = FileManager.default
        if manager.fileExists(atPath: folder.url(to).path) { try manager.removeItem(at: folder.url(to)) }
        try manager.copyItem(at: folder.url(from), to: folder.url(to))
    }

    public func stop() { process.withLock { $0 }?.end(SIGTERM) }

    /// Ends it without giving it the time to say goodbye.
    public func crash() { process.withLock { $0 }?.end(SIGKILL) }

    // MARK: Set-up

    private func configuration(_ certificates: LDAPCertificates, isUnlimited: Bool) throws -> String {
        let schemas = ["core", "cosine", "inetorgperson"].map { "include /etc/ldap/schema/\($0).schema" }
        let modules = ["back_mdb", "memberof", "refint", "ppolicy", "syncprov"].map { "moduleload \($0)" }
        let readme = try String(
            contentsOfFile: TestSystems.packageDirectory + "/Sources/Connectors/LDAP/README.md", encoding: .utf8)
        guard
            let rules = readme.components(separatedBy: "```slapd\n").dropFirst().first?
                .components(separatedBy: "```").first
        else { throw LDAPTool.Failure(description: "the README holds no access rules") }
        let kept = rules.split(separator: "\n").filter { isUnlimited || !$0.hasPrefix("limits") }.map(String.init)
        let lines =
            schemas + ["modulepath /usr/lib/ldap"] + modules + [
                "pidfile \(folder.path)/slapd.pid", "TLSCACertificateFile \(certificates.caFile)",
                "TLSCertificateFile \(certificates.certificateFile)", "TLSCertificateKeyFile \(certificates.keyFile)",
                "sizelimit 500", "database mdb", "maxsize 4294967296", "suffix \(baseDN)",
                "directory \(folder.path)/db",
                "rootdn \(adminDN)", "rootpw \(adminPassword)", "dbnosync",
                "index objectClass,uid,mail,employeeNumber,cn,member,entryUUID,entryCSN eq",
            ] + kept + [
                "overlay memberof", "overlay refint", "refint_attributes member", "overlay ppolicy",
                "ppolicy_default cn=default,ou=policies,\(baseDN)", "overlay syncprov",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func entries(_ password: String) -> String {
        let units = ["people", "groups", "services", "policies", "leavers"].map {
            "dn: ou=\($0),dc=example,dc=org\nobjectClass: organizationalUnit\nou: \($0)\n"
        }
        return
            (["dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n"]
            + units + [
                """
                dn: cn=tenure,ou=services,dc=example,dc=org
                objectClass: organizationalRole
                objectClass: simpleSecurityObject
                cn: tenure
                userPassword: \(password)

                """,
                """
                dn: cn=default,ou=policies,dc=example,dc=org
                objectClass: device
                objectClass: pwdPolicy
                cn: default
                pwdAttribute: userPassword
                pwdLockout: TRUE

                """,
            ]).joined(separator: "\n")
    }
}
