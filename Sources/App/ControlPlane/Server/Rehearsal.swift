import AccessModel
import Crypto
import Foundation
import HTTPTypes
import Lifecycle
import WebServer

/// A server to try things out on: whoever bears its token says who they are and what time it is, as `--as` and `TENURE_CLOCK`
/// do where there is no server.
///
/// Who acts is recorded as asserted. There is one only where the state's clock is a rehearsal's and nobody beyond this
/// machine can ask: an installation that matters has neither.
public struct Rehearsal: Sendable {
    /// In front of its token, so that a command knows what it bears.
    public static let marker = "tenure_rehearsal_"
    /// Who acts, an id or an address; and what time it is.
    public static let (personField, clockField) = ("Tenure-As", "Tenure-Clock")

    /// To be shown once, to whoever started the server.
    public let token: String
    private let digest: [UInt8]
    private let installation: Installation
    private let fallback: PersonID

    /// - Parameter person: Who acts where a request names nobody: an id or an address.
    public init(_ installation: Installation, as person: String, listeningOn address: String) async throws {
        guard installation.clock.isRehearsal else {
            throw Self.refusal("its clock is a real one; a rehearsal starts at a time of its own: set TENURE_CLOCK")
        }
        guard ["127.0.0.1", "::1", "localhost"].contains(address) else {
            throw Self.refusal("`\(address)` can be reached from elsewhere; a rehearsal listens on 127.0.0.1")
        }
        self.installation = installation
        fallback = try await Self.find(person, installation)
        token = Self.marker + Data(Installation.randomBytes(32)).map { String(format: "%02x", $0) }.joined()
        digest = Array(SHA256.hash(data: Data(token.utf8)))
    }

    /// Who asks, by their own word; nil for a request that does not bear the token. Sets the clock forward where it says so.
    public func person(of request: WebRequest) async throws -> PersonID? {
        guard bearsToken(request) else { return nil }
        if let text = request.value(Self.clockField) {
            guard let moment = Instant(text) else {
                throw Problem(.badRequest, "invalid-value", "`Tenure-Clock` is not an RFC 3339 time")
            }
            try installation.clock.advance(to: moment)
        }
        guard let person = request.value(Self.personField) else { return fallback }
        return try await Self.find(person, installation)
    }

    /// Both fields are refused where nobody is taken at their word.
    public static func refuseFields(of request: WebRequest) throws(Problem) {
        for name in [personField, clockField] where request.value(name) != nil {
            throw Problem(
                .badRequest, "not-a-rehearsal",
                "this server takes nobody at their word: who acts is who is signed in, and the time is its own")
        }
    }

    private func bearsToken(_ request: WebRequest) -> Bool {
        guard let text = request.headers[.authorization], text.hasPrefix("Bearer ") else { return false }
        let borne = SHA256.hash(data: Data(text.dropFirst("Bearer ".count).utf8))
        // Of digests: the time tells nothing of the token.
        return zip(borne, digest).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func find(_ person: String, _ installation: Installation) async throws -> PersonID {
        let now = installation.clock.now()
        return try await installation.context.database.read { session in
            try PeopleArchive(session).roster(at: now).find(person).person.id
        }
    }

    private static func refusal(_ message: String) -> InstallationError {
        InstallationError(code: .usage, operation: "serve a rehearsal", message: message)
    }
}

extension WebRequest {
    fileprivate func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
