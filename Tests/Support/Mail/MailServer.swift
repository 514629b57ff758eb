import Foundation
import StrictJSON

/// A real SMTP server, aiosmtpd, in a process of its own on the loopback. It takes every message for good but those to
/// `busy@...`, which it asks to send again later, and to `nobody@...`, whom it does not know.
public final class MailServer: Sendable {
    public enum Security: String, Sendable {
        case none, starttls, tls
    }

    /// One message as it arrived.
    public struct Message: Sendable {
        public let sender: String
        public let recipients: [String]
        /// Headers and text, as they were sent.
        public let data: String
        public let isEncrypted: Bool
        public let login: String?
    }

    public static let username = "tenure"
    public static let password = "canary-mail-password-7d1e"

    public let port: Int
    public let caFile: String
    private let folder: LDAPFolder
    private let process: ChildProcess

    /// Nil, after saying so, where it is not installed.
    ///
    /// - Parameters:
    ///   - signsIn: Whether it takes mail only from who signs in.
    ///   - mechanisms: By which of `PLAIN` and `LOGIN`.
    ///   - address: What its certificate is for.
    public static func start(
        _ security: Security, signsIn: Bool = false, mechanisms: [String] = ["PLAIN", "LOGIN"],
        sizeLimit: Int = 1 << 20, address: String = "127.0.0.1", for test: String = #function
    ) async throws -> MailServer? {
        guard let path = try TestSystems.require("aiosmtpd", for: test),
            try TestSystems.require("openssl", for: test) != nil
        else { return nil }
        let python = (path as NSString).deletingLastPathComponent + "/python"
        return try await MailServer(python, security, signsIn, mechanisms, sizeLimit, address)
    }

    private init(
        _ python: String, _ security: Security, _ signsIn: Bool, _ mechanisms: [String], _ sizeLimit: Int,
        _ address: String
    ) async throws {
        folder = try LDAPFolder()
        port = Int(try LoopbackSocket.freePort())
        let certificates = try LDAPCertificates(folder, address: address)
        caFile = certificates.caFile
        let script = try folder.write(Self.script, to: "server.py")
        let settings: JSONValue = [
            "port": .integer(Int64(port)), "security": .string(security.rawValue), "signs_in": .bool(signsIn),
            "excluded": .array(["PLAIN", "LOGIN"].filter { !mechanisms.contains($0) }.map { .string($0) }),
            "size": .integer(Int64(sizeLimit)), "certificate": .string(certificates.certificateFile),
            "key": .string(certificates.keyFile), "username": .string(Self.username),
            "password": .string(Self.password), "messages": .string(folder.path + "/messages"),
        ]
        process = try ChildProcess(
            python, [script, settings.compactText], input: nil, output: folder.path + "/out",
            errors: folder.path + "/err")
        for _ in 0..<600 {
            if try Self.text(folder.path + "/out").contains("ready") { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw LDAPTool.Failure(description: "aiosmtpd: \(try Self.text(folder.path + "/err"))")
    }

    /// Everything that was taken so far.
    public func messages() throws -> [Message] {
        try Self.text(folder.path + "/messages").split(separator: "\n").map { line in
            let json = try JSONParser.parse(String(line))
            return Message(
                sender: json["from"]?.string ?? "", recipients: (json["to"]?.array ?? []).compactMap(\.string),
                data: json["data"]?.string ?? "", isEncrypted: json["tls"]?.bool ?? false,
                login: json["login"]?.string)
        }
    }

    private static func text(_ path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else { return "" }
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    private static let script = """
        import asyncio, json, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult

        settings = json.loads(sys.argv[1])

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("busy@"):
                    return "451 4.2.1 come back later"
                if address.startswith("nobody@"):
                    return "550 5.1.1 who is that"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                login = getattr(session, "auth_data", None)
                with open(settings["messages"], "a") as file:
                    file.write(json.dumps({
                        "from": envelope.mail_from, "to": envelope.rcpt_tos,
                        "data": envelope.content.decode("utf-8"),
                        "tls": session.ssl is not None or settings["security"] == "tls",
                        "login": login.login.decode() if login else None}) + "\\n")
                return "250 taken"

        def authenticate(server, session, envelope, mechanism, data):
            known = data.login == settings["username"].encode() and data.password == settings["password"].encode()
            return AuthResult(success=known, handled=False, auth_data=data if known else None)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["certificate"], settings["key"])
        kind = settings["security"]

        def make():
            return SMTP(
                Handler(), hostname="localhost", data_size_limit=settings["size"],
                tls_context=context if kind == "starttls" else None, require_starttls=kind == "starttls",
                authenticator=authenticate, auth_required=settings["signs_in"],
                auth_require_tls=kind == "starttls", auth_exclude_mechanism=settings["excluded"])

        async def main():
            loop = asyncio.get_running_loop()
            server = await loop.create_server(
                make, "127.0.0.1", settings["port"], ssl=context if kind == "tls" else None)
            print("ready", flush=True)
            # The tests end, and with them this.
            await loop.run_in_executor(None, sys.stdin.read)
            server.close()

        asyncio.run(main())
        """
}
