import Foundation
import Synchronization

/// A real PostgreSQL server on loopback, in a folder of its own, with TLS and passwords.
///
/// It ends with the tests, even when they crash: what watches over it reads from a pipe that closes with them.
public final class PostgreSQLServer: Sendable {
    public let port: Int
    /// The CA that signed its certificate.
    public let caFile: String
    /// A CA that did not.
    public let otherCAFile: String
    /// May do everything.
    public let adminPassword = "postgres-password-of-tests"
    /// What Tenure signs in as: it owns its databases and has no other right.
    public let tenurePassword = "p@ss/w:rd of tenure%"

    private let folder: PostgreSQLFolder
    private let account: PostgreSQLAccount
    private let executable: String
    private let process = Mutex<ChildProcess?>(nil)
    /// Databases that tests are done with, emptied.
    private let idle = Mutex<[String]>([])
    private var data: String { folder.path + "/data" }
    private var log: URL { URL(fileURLWithPath: folder.path + "/log") }

    /// The one that all tests share, each with a database of its own; nil, said and counted, where PostgreSQL is not
    /// installed.
    public static func shared(for test: String = #function) throws -> PostgreSQLServer? {
        guard try isInstalled(for: test) else { return nil }
        return try common.get()
    }

    /// One for a test that stops it; nil where PostgreSQL is not installed.
    ///
    /// - Parameter flushes: Whether it waits for the disk, as in production: for who measures.
    public static func start(flushes: Bool = false, for test: String = #function) throws -> PostgreSQLServer? {
        guard try isInstalled(for: test) else { return nil }
        return try PostgreSQLServer(flushes: flushes)
    }

    private static let common = Result { try PostgreSQLServer() }

    private static func isInstalled(for test: String) throws -> Bool {
        for name in ["initdb", "postgres", "psql"] {
            guard try TestSystems.require(name, for: test) != nil else { return false }
        }
        return true
    }

    private init(flushes: Bool = false) throws {
        guard let executable = TestSystems.find("postgres") else {
            throw LDAPTool.Failure(description: "postgres is missing")
        }
        self.executable = executable
        account = try PostgreSQLAccount()
        folder = try PostgreSQLFolder()
        port = Int(try LoopbackSocket.freePort())
        let certificates = try folder.certificates("tls")
        caFile = certificates.caFile
        otherCAFile = try folder.certificates("other").caFile
        try initialize(certificates, flushes: flushes)
        try launch()
        _ = try sql("CREATE ROLE tenure LOGIN PASSWORD '\(tenurePassword)'")
    }

    deinit { stop() }

    private func initialize(_ certificates: LDAPCertificates, flushes: Bool) throws {
        let password = try folder.write(adminPassword, to: "password")
        for file in [password, certificates.keyFile, certificates.certificateFile] {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        try account.own(folder.path)
        guard let initdb = TestSystems.find("initdb") else { throw LDAPTool.Failure(description: "initdb is missing") }
        // An order of words that is not that of their bytes, so that a column without its own shows itself.
        let words =
            account.words + [
                initdb, "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile=\(password)", "--no-sync", "-E",
                "UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US",
            ]
        try LDAPTool.require("env", ["-C", folder.path] + words)
        let settings = """
            port = \(port)
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            max_connections = 400
            shared_buffers = 64MB
            fsync = \(flushes ? "on" : "off")
            ssl = on
            ssl_cert_file = '\(certificates.certificateFile)'
            ssl_key_file = '\(certificates.keyFile)'
            """
        try account.append(settings + "\n", to: data + "/postgresql.conf")
    }

    // MARK: Life

    /// Starts it, or starts it again on the same data.
    public func launch() throws {
        // The watch ends the server when the tests are gone, and then there is nobody to remove the folder but it.
        let watch = """
            folder=$1; shift
            "$@" </dev/null & server=$!
            trap 'stopped=yes; kill -INT $server' TERM
            read -r line
            kill -INT $server 2>/dev/null
            wait $server
            [ -n "$stopped" ] || { cd /; rm -rf "$folder"; }
            """
        let words = ["sh", "-c", watch, "watch", folder.path] + account.words + [executable, "-D", data]
        let started = try ChildProcess(
            "/usr/bin/env", ["-C", folder.path] + words, input: nil, output: log.path, errors: log.path)
        process.withLock { $0 = started }
        try started.wait(log: log) { try run("SELECT 1", in: "postgres").status == 0 }
    }

    /// Ends it as an operator does: whoever is connected loses the connection.
    public func stop() {
        process.withLock { process in
            process?.end(SIGTERM)
            process = nil
        }
    }

    /// Ends it without giving it the time to say goodbye.
    public func crash() throws {
        let file = try String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8)
        guard let pid = file.split(separator: "\n").first.flatMap({ pid_t($0) }), pid > 1 else {
            throw LDAPTool.Failure(description: "the server has no pid")
        }
        kill(pid, SIGKILL)
        stop()
        // Its other processes notice by themselves, and until they are gone no new server starts.
        let deadline = Date().addingTimeInterval(60)
        while try hasProcesses(), Date() < deadline { usleep(20_000) }
    }

    private func hasProcesses() throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { name in
            guard pid_t(name) != nil else { return false }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let length = readlink("/proc/\(name)/cwd", &buffer, buffer.count)
            return length > 0 && String(decoding: buffer.prefix(length), as: UTF8.self) == data
        }
    }

    // MARK: Databases

    /// The name of an empty database that nobody else has: one that was given back, or a new one.
    func takeDatabase() throws -> String {
        if let name = idle.withLock({ $0.popLast() }) { return name }
        let name = "t" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        try sql("CREATE DATABASE \(name) OWNER tenure")
        return name
    }

    /// Empties a database for whoever takes it next. That is much faster than to drop it and to make another.
    func giveBack(_ name: String) throws {
        try sql(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = '\(name)' AND pid <> pg_backend_pid();
            ALTER DATABASE \(name) RESET ALL;
            SET client_min_messages = error;
            DROP SCHEMA public CASCADE;
            CREATE SCHEMA public AUTHORIZATION tenure
            """, in: name)
        idle.withLock { $0.append(name) }
    }

    // MARK: Its own client

    /// What psql prints, as the administrator: values alone, separated by `|`.
    @discardableResult
    public func sql(_ text: String, in database: String = "postgres") throws -> String {
        let outcome = try run(text, in: database)
        guard outcome.status == 0 else { throw LDAPTool.Failure(description: "psql: \(outcome.errors)") }
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    private func run(_ text: String, in database: String) throws -> LDAPTool.Outcome {
        try run("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text], on: database)
    }

    /// All of a database as text.
    func dump(_ database: String) throws -> String {
        let outcome = try run("pg_dump", [], on: database)
        guard outcome.status == 0 else { throw LDAPTool.Failure(description: "pg_dump: \(outcome.errors)") }
        return outcome.output
    }

    private func run(_ name: String, _ arguments: [String], on database: String) throws -> LDAPTool.Outcome {
        guard let program = TestSystems.find(name) else { throw LDAPTool.Failure(description: "\(name) is missing") }
        return try LDAPTool.run(
            "env",
            [
                "PGPASSWORD=\(adminPassword)", "PGSSLMODE=disable", "PGCONNECT_TIMEOUT=60", program, "-h", "127.0.0.1",
                "-p", "\(port)", "-U", "postgres", "-d", database,
            ] + arguments)
    }

    /// The address of a database as Tenure is told it.
    public func address(of database: String, _ options: String = "sslmode=disable") -> String {
        let allowed = CharacterSet.alphanumerics
        let password = tenurePassword.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        return "postgres://tenure:\(password)@127.0.0.1:\(port)/\(database)?\(options)"
    }
}
