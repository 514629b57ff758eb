import AccessModel
import ConnectorKit
import Crypto
import Foundation

/// The connections to one cluster and the credential that opens them, which may be renewed at any time.
///
/// Nothing outside of the process is touched before the first request.
actor ClusterDoor {
    struct Settings: Sendable {
        var source: ClusterSource
        /// SHA-256 of the certificates, in DER, that may be the cluster's CA; empty for whichever the source gives.
        var pins: Set<String> = []
        var timeout = Span.seconds(30)
        /// How long a plugin may take.
        var pluginTimeout = Span.seconds(30)
    }

    /// A way in, and which credential it goes with.
    struct Opened: Sendable {
        let session: HTTPSession
        let credential: Int
    }

    private struct Credential: Sendable {
        var token: SecretText?
        var identity: HTTPSession.ClientIdentity?
        var until: Instant?
        var file: ClusterFile.Mark?
    }

    private let settings: Settings
    private let clock: @Sendable () -> Instant
    private var connection: ClusterConnection?
    private var session: HTTPSession?
    private var credential: Credential?
    /// Counts credentials, so that who was refused can tell whether there is another one by now.
    private var number = 0
    private var renewal: Task<Result<Credential, ConnectorError>, Never>?
    private var isClosed = false

    /// A credential is not used for the last moments of its life: the request takes some time.
    private static let margin = Span.seconds(10)

    init(_ settings: Settings, clock: @escaping @Sendable () -> Instant) {
        self.settings = settings
        self.clock = clock
    }

    func open(_ operation: String) async throws(ConnectorError) -> Opened {
        _ = try await current(operation)
        guard !isClosed else {
            throw ConnectorError(code: .unreachable, operation: operation, message: "the connector is closed")
        }
        if let session { return Opened(session: session, credential: number) }
        let session = try makeSession()
        self.session = session
        return Opened(session: session, credential: number)
    }

    /// Whether there is, or can be had, a credential after the one that the cluster refused.
    func renew(after refused: Int, _ operation: String) async throws(ConnectorError) -> Bool {
        guard refused == number else { return true }
        switch connection?.bearer {
        case .plugin, .file:
            let before = credential?.token?.reveal()
            credential = nil
            let renewed = try await current(operation)
            if case .plugin = connection?.bearer { return true }
            return renewed.token?.reveal() != before
        case .nobody, .token, nil: return false
        }
    }

    func close() async {
        isClosed = true
        let session = session
        self.session = nil
        await session?.close()
    }

    // MARK: The credential

    private func current(_ operation: String) async throws(ConnectorError) -> Credential {
        let connection = try connected()
        if let credential, isGood(credential, connection) { return credential }
        if let renewal { return try await renewal.value.get() }
        let limit = settings.pluginTimeout
        let task = Task { await Self.fetch(connection, limit, operation) }
        renewal = task
        let result = await task.value
        renewal = nil
        let renewed = try result.get()
        // A certificate is shown when a connection is made, so a new one needs new connections.
        if renewed.identity != nil || credential?.identity != nil { session = nil }
        credential = renewed
        number += 1
        return renewed
    }

    private func connected() throws(ConnectorError) -> ClusterConnection {
        if let connection { return connection }
        let connection = try settings.source.connection()
        try checkPins(connection)
        self.connection = connection
        return connection
    }

    private func isGood(_ credential: Credential, _ connection: ClusterConnection) -> Bool {
        if let until = credential.until, clock() + Self.margin >= until { return false }
        if case .file(let path) = connection.bearer { return ClusterFile.mark(of: path) == credential.file }
        return true
    }

    private static func fetch(
        _ connection: ClusterConnection, _ limit: Span, _ operation: String
    ) async -> Result<Credential, ConnectorError> {
        var credential = Credential(identity: connection.identity)
        do throws(ConnectorError) {
            switch connection.bearer {
            case .nobody: break
            case .token(let token): credential.token = token
            case .file(let path):
                let content = try ClusterFile.content(path, operation)
                var text = String(decoding: content.bytes, as: UTF8.self)
                while text.utf8.last.map({ $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }) == true { text.removeLast() }
                credential.token = SecretText(text)
                credential.file = content.mark
            case .plugin(let plugin):
                let handed = try await plugin.credential(within: limit, operation: operation)
                credential.token = handed.token
                credential.until = handed.until
                if let identity = handed.identity { credential.identity = identity }
            }
            return .success(credential)
        } catch {
            return .failure(error)
        }
    }

    // MARK: The session

    private func makeSession() throws(ConnectorError) -> HTTPSession {
        guard let connection else {
            throw ConnectorError(code: .unreachable, operation: "connect", message: "there is no connection")
        }
        var configuration = HTTPSession.Configuration(url: connection.server)
        configuration.timeout = settings.timeout
        configuration.trustedCertificates = connection.authorities
        configuration.clientIdentity = credential?.identity ?? connection.identity
        configuration.explanation = KubernetesStatus.explanation(of:)
        configuration.code = KubernetesStatus.code(of:)
        configuration.authorize = { [weak self] _ async throws(ConnectorError) -> [HTTPRequest.Field] in
            guard let self else { return [] }
            return try await self.authorization()
        }
        return try HTTPSession(configuration, clock: clock)
    }

    private func authorization() throws(ConnectorError) -> [HTTPRequest.Field] {
        guard let token = credential?.token?.reveal() else { return [] }
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ConnectorError(
                code: .configuration, operation: "sign in to the cluster",
                message: "the token is empty, or has a character that no header can carry")
        }
        return [HTTPRequest.Field("Authorization", "Bearer " + token)]
    }

    /// Whoever changes the kubeconfig must not be able to put another CA in.
    private func checkPins(_ connection: ClusterConnection) throws(ConnectorError) {
        guard !settings.pins.isEmpty else { return }
        let prints = connection.authorities.map(Self.fingerprints) ?? []
        guard !prints.isEmpty, prints.allSatisfy(settings.pins.contains) else {
            throw ConnectorError(
                code: .configuration, operation: "compare the cluster's CA with `ca_sha256`",
                message: prints.isEmpty
                    ? "the connection names no CA of its own"
                    : "it has a certificate with SHA-256 \(prints.first { !settings.pins.contains($0) } ?? "")")
        }
    }

    /// Of each certificate of a PEM text, over its DER, in lower-case hexadecimal.
    static func fingerprints(_ pem: [UInt8]) -> [String] {
        let text = String(decoding: pem, as: UTF8.self)
        return text.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst().map { part in
            let body = part.components(separatedBy: "-----END CERTIFICATE-----").first ?? ""
            guard let der = Data(base64Encoded: body, options: .ignoreUnknownCharacters) else { return "unreadable" }
            return SHA256.hash(data: der).map { byte in
                let text = String(byte, radix: 16)
                return text.utf8.count == 1 ? "0" + text : text
            }.joined()
        }
    }
}
