import AccessModel
import ConnectorKit
import Testing

@testable import AWSConnector

@Suite("What AWS answers")
struct AWSErrorTests {
    private let now = Instant(milliseconds: 1_763_712_000_000)

    private func error(_ status: Int, _ body: String, _ headers: [HTTPRequest.Field] = []) -> AWSError {
        AWSError(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)), now: now)
    }

    @Test("codes decide, whatever the status")
    func codes() {
        let expected: [(Int, String, ConnectorError.Code)] = [
            (400, "Throttling", .throttled), (400, "ThrottlingException", .throttled),
            (400, "TooManyRequestsException", .throttled), (503, "RequestLimitExceeded", .throttled),
            (409, "ConflictException", .conflict), (409, "EntityAlreadyExists", .conflict),
            (400, "ResourceNotFoundException", .missingDependency), (404, "NoSuchEntity", .missingDependency),
            (403, "AccessDenied", .forbidden), (400, "AccessDeniedException", .forbidden),
            (403, "ExpiredToken", .unauthorized), (400, "ExpiredTokenException", .unauthorized),
            (403, "InvalidSignatureException", .unauthorized), (400, "RequestExpired", .configuration),
            (400, "ValidationException", .invalid), (500, "InternalServerException", .targetFailure),
            (400, "ServiceQuotaExceededException", .invalid), (400, "WhoKnows", .invalid), (502, "", .targetFailure),
            (429, "", .throttled),
        ]
        for (status, code, kind) in expected {
            let json = error(status, #"{"__type":"com.amazonaws.x#\#(code)","message":"m"}"#)
            #expect(json.kind == kind, "\(code)")
            let xml = error(
                status, "<ErrorResponse><Error><Code>\(code)</Code><Message>m</Message></Error></ErrorResponse>")
            #expect(xml.kind == kind, "\(code) in XML")
        }
        #expect(error(400, "half of an ans").kind == .targetFailure, "without a code it is no refusal")
        let header = error(400, "", [.init("x-amzn-ErrorType", "ThrottlingException:http://x/")])
        #expect(header.kind == .throttled)
    }

    @Test("a stated delay is kept, in the body or in a header")
    func delay() {
        #expect(error(400, #"{"__type":"ThrottlingException","RetryAfterSeconds":7}"#).retryAfter == .seconds(7))
        #expect(error(429, "{}", [.init("Retry-After", "9")]).retryAfter == .seconds(9))
        #expect(error(400, #"{"__type":"ThrottlingException"}"#).retryAfter == nil)
    }

    @Test("a clock that is wrong is said to be")
    func clock() {
        let skewed = error(
            403,
            "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20251121T080000Z is now "
                + "earlier than 20251121T081500Z</Message></Error></ErrorResponse>",
            [.init("Date", "Fri, 21 Nov 2025 08:20:00 GMT")])
        #expect(skewed.kind == .configuration)
        #expect(skewed.explanation(now: now).contains("clock of this machine is wrong"))
        #expect(skewed.explanation(now: now).contains("Fri, 21 Nov 2025 08:20:00 GMT"))
    }

    @Test("what a service says of a signature is not repeated")
    func signature() {
        let refused = error(
            403,
            #"{"__type":"InvalidSignatureException","message":"The Canonical String: x-amz-security-token:abcdef"}"#)
        #expect(!refused.explanation(now: now).contains("abcdef"))
    }

    @Test("XML is read strictly")
    func xml() throws {
        let text = "<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><B>1 &lt; 2 &#x26; &#51;</B><C/><D a='b'></D></A>\n"
        let document = try XMLReader.parse(Array(text.utf8))
        #expect(document.text("B") == "1 < 2 & 3")
        #expect(document.children.map(\.name) == ["B", "C", "D"])
        for wrong in [
            "", "<A>", "<A></B>", "<A/><B/>", "<A>&x;</A>", "<!DOCTYPE a [<!ENTITY x \"y\">]><A>&x;</A>", "<A b=c/>",
            "<A><![CDATA[x]]></A>", "<A><!-- x --></A>", "<A>&#0;</A>", "<A>&#xD800;</A>", "<A b=\"<\"/>", "A",
            "<A>&#+65;</A>", String(repeating: "<A>", count: 40) + String(repeating: "</A>", count: 40),
        ] {
            #expect(throws: XMLReader.Failure.self, "\(wrong)") { _ = try XMLReader.parse(Array(wrong.utf8)) }
        }
        #expect(throws: XMLReader.Failure.self) { _ = try XMLReader.parse([0x3C, 0x41, 0x3E, 0xFF]) }
    }
}
