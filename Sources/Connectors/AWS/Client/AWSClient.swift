import AccessModel
import ConnectorKit
import StrictJSON

/// Speaks to the vendor's services: signs, names the operation, reads the answer or the error.
struct AWSClient: Sendable {
    let region: AWSRegion
    let credentials: CredentialCache
    let clock: @Sendable () -> Instant
    private let sessions: [AWSService: HTTPSession]

    /// - Parameters:
    ///   - addresses: Where services are other than in their region.
    init(
        _ services: [AWSService], region: AWSRegion, addresses: [AWSService: String], credentials: CredentialCache,
        timeout: Span = .seconds(60), clock: @escaping @Sendable () -> Instant
    ) throws(ConnectorError) {
        self.region = region
        self.credentials = credentials
        self.clock = clock
        var sessions: [AWSService: HTTPSession] = [:]
        for service in services {
            var configuration = HTTPSession.Configuration(url: addresses[service] ?? region.address(of: service))
            configuration.timeout = timeout
            let signer = AWSSigner(service: service.signingName, region: region.signingRegion(of: service))
            configuration.authorize = { request throws(ConnectorError) in
                let current = try await credentials.credentials()
                return signer.headers(for: SignableRequest(request), with: current, at: clock())
            }
            sessions[service] = try HTTPSession(configuration, clock: clock)
        }
        self.sessions = sessions
    }

    func close() async {
        for session in sessions.values { await session.close() }
    }

    /// An answer, or an error that the caller said it expects.
    struct Answer: Sendable {
        /// An object; empty for an answer without a body.
        let json: JSONValue
        /// The service's own id of the request.
        let requestID: String?
        /// Set where the service refused with one of the tolerated codes.
        let refusal: AWSError?
    }

    struct XMLAnswer: Sendable {
        /// The `...Result`; empty for an answer without one.
        let result: XMLElement
        let requestID: String?
        let refusal: AWSError?
    }

    /// Calls an operation of a service that speaks JSON.
    ///
    /// - Parameter tolerated: Codes of errors that are answers here: `ResourceNotFoundException` when removing.
    func call(
        _ service: AWSService, _ name: String, _ input: JSONValue, _ operation: String,
        tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> Answer {
        guard case .json(let prefix) = service.style else { throw misuse(service, operation) }
        let request = HTTPRequest(
            .post, [],
            headers: [
                HTTPRequest.Field("Content-Type", "application/x-amz-json-1.1"),
                HTTPRequest.Field("X-Amz-Target", "\(prefix).\(name)"),
            ], body: input.canonicalBytes)
        let (response, refusal) = try await send(service, request, operation, tolerated)
        guard refusal == nil else { return Answer(json: .null, requestID: response.awsRequestID, refusal: refusal) }
        guard !response.body.isEmpty else {
            return Answer(json: .object(JSONObject()), requestID: response.awsRequestID, refusal: nil)
        }
        do throws(JSONError) {
            let json = try JSONParser.parse(response.body)
            guard case .object = json else { throw JSONError(line: 1, column: 1, message: "it is no object") }
            return Answer(json: json, requestID: response.awsRequestID, refusal: nil)
        } catch {
            // Not what the parser says: a secret's value may be in the body.
            throw ConnectorError(
                code: .targetFailure, operation: operation, message: "\(name) answered with something other than JSON")
        }
    }

    /// Calls an operation of a service that takes forms and answers in XML.
    func query(
        _ service: AWSService, _ name: String, _ fields: [HTTPRequest.Field], _ operation: String,
        tolerating tolerated: Set<String> = []
    ) async throws(ConnectorError) -> XMLAnswer {
        guard case .query(let version) = service.style else { throw misuse(service, operation) }
        let request = FormRequest.make(name, version: version, fields)
        let (response, refusal) = try await send(service, request, operation, tolerated)
        guard refusal == nil else {
            return XMLAnswer(result: XMLElement(name: ""), requestID: response.awsRequestID, refusal: refusal)
        }
        do throws(XMLReader.Failure) {
            let document = try XMLReader.parse(response.body)
            guard document.name == "\(name)Response" else {
                throw XMLReader.Failure(message: "it is a `\(document.name)`", position: 0)
            }
            let id = document.text("ResponseMetadata", "RequestId") ?? response.awsRequestID
            return XMLAnswer(result: document["\(name)Result"] ?? XMLElement(name: ""), requestID: id, refusal: nil)
        } catch {
            throw ConnectorError(
                code: .targetFailure, operation: operation,
                message: "\(name) answered with something that is not its answer")
        }
    }

    private func misuse(_ service: AWSService, _ operation: String) -> ConnectorError {
        ConnectorError(
            code: .invalid, operation: operation, message: "\(service.rawValue) is not spoken to in this way")
    }

    private func send(
        _ service: AWSService, _ request: HTTPRequest, _ operation: String, _ tolerated: Set<String>
    ) async throws(ConnectorError) -> (HTTPResponse, AWSError?) {
        guard let session = sessions[service] else { throw misuse(service, operation) }
        var isSecond = false
        while true {
            let used = try await credentials.credentials().accessKeyID
            let response = try await session.send(request, operation: operation, accepting: Self.everyStatus)
            guard !(200..<300).contains(response.status) else { return (response, nil) }
            let error = AWSError(response, now: clock())
            if tolerated.contains(error.code) { return (response, error) }
            if error.isExpiry, !isSecond {
                // It was refused before it did anything.
                await credentials.forget(used)
                isSecond = true
                continue
            }
            throw ConnectorError(
                code: error.kind, operation: operation,
                message: try await redacted(error.explanation(now: clock())), retryAfter: error.retryAfter)
        }
    }

    /// The codes are read here, so no status is an error for the session.
    private static let everyStatus = Set(100..<1_000)

    private func redacted(_ text: String) async throws(ConnectorError) -> String {
        let current = try await credentials.credentials()
        var line = text
        for secret in [current.secretAccessKey, current.sessionToken].compactMap({ $0?.reveal() })
        where secret.utf8.count > 6 {
            line = line.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[secret]")
        }
        return line
    }
}

/// A form that names its operation.
enum FormRequest {
    static func make(_ name: String, version: String, _ fields: [HTTPRequest.Field]) -> HTTPRequest {
        let all = [HTTPRequest.Field("Action", name), HTTPRequest.Field("Version", version)] + fields
        let body = all.map { escape($0.name) + "=" + escape($0.value) }.joined(separator: "&")
        return HTTPRequest(
            .post, [],
            headers: [HTTPRequest.Field("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(body.utf8))
    }

    /// As forms are escaped: a space is a plus.
    private static func escape(_ text: String) -> String {
        CanonicalRequest.escape(text.utf8).split(separator: "%20", omittingEmptySubsequences: false).joined(
            separator: "+")
    }
}

extension HTTPResponse {
    var awsRequestID: String? { header("x-amzn-RequestId") ?? header("x-amz-request-id") ?? requestID }
}
