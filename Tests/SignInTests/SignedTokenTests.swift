import StrictJSON
import TestSupport
import Testing

@testable import SignIn

@Suite("Tokens in compact form")
struct SignedTokenTests {
    /// A header as bytes, and a word of why it is refused.
    static let headers: [(text: String, reason: String)] = [
        (#"{"alg":"ES256","alg":"none"}"#, "twice"),
        (#"{"alg":"ES256","kid":"a","kid":"b"}"#, "twice"),
        (#"{"alg":"ES256","\u0061lg":"none"}"#, "twice"),
        (#"{"alg":"ES256","crit":["exp"]}"#, "crit"),
        (#"{"alg":"ES256","crit":[]}"#, "crit"),
        (#"{"alg":"ES256","crit":null}"#, "crit"),
        (#"{"alg":"ES256","b64":false,"crit":["b64"]}"#, "crit"),
        (#"{"alg":"ES256","b64":false}"#, "b64"),
        (#"{"alg":"ES256","b64":null}"#, "b64"),
        (#"{"alg":7}"#, "not a string"),
        (#"{"alg":null}"#, "not a string"),
        (#"{"alg":["ES256"]}"#, "not a string"),
        (#"{"alg":"ES256","kid":7}"#, "`kid`"),
        (#"{"alg":"ES256","typ":{}}"#, "`typ`"),
        (#"{"kid":"a"}"#, "no `alg`"),
        (#"["ES256"]"#, "not an object"),
        (#""ES256""#, "not an object"),
        (#"{"alg":"ES256"}{}"#, "JSON"),
        ("\u{FEFF}{\"alg\":\"ES256\"}", "JSON"),
    ]

    @Test("headers are read strictly", arguments: headers.indices) func header(_ index: Int) {
        let (text, reason) = Self.headers[index]
        do {
            _ = try SignedToken(TestToken.encode(Array(text.utf8)) + ".Zm9v.AAAA")
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.reason.contains(reason), "\(error.reason)")
        }
    }

    @Test(
        "shapes",
        arguments: [
            "", ".", "..", "...", "a.b", "e30.Zm9v.AAAA.", "e30.Zm9v.AAAA.AAAA.AAAA", ".Zm9v.AAAA",
            #"{"payload":"Zm9v","signatures":[]}"#,
        ]) func shape(_ text: String)
    {
        #expect(throws: SignedToken.Malformed.self) { try SignedToken(text) }
    }

    @Test("every part is strict base64url") func encoding() throws {
        let header: JSONValue = ["alg": "ES256"]
        let head = TestToken.encode(header)
        _ = try SignedToken(head + ".Zm9v.AAAA")
        for text in [
            head + "=.Zm9v.AAAA", head + ".Zm8=.AAAA", head + ".Zm9v.AAA=", head + ".Zm9v.AAAA\n",
            "\n" + head + ".Zm9v.AAAA",
            head + " .Zm9v.AAAA", head + ".Zh.AAAA", head + ".Zm9v.AB", head + ".Zm+v.AAAA",
        ] {
            #expect(throws: SignedToken.Malformed.self) { try SignedToken(text) }
        }
    }

    @Test("a token has a size") func size() throws {
        let header: JSONValue = ["alg": "ES256"]
        let head = TestToken.encode(header)
        let room = SignedToken.maximumSize - head.utf8.count - 6
        let long = String(repeating: "A", count: room / 4 * 4)
        _ = try SignedToken(head + "." + long + ".AAAA")
        #expect(throws: SignedToken.Malformed.self) { try SignedToken(head + "." + long + "AAAAAAAA.AAAA") }
    }

    @Test("it does not print") func unprintable() throws {
        let header: JSONValue = ["alg": "ES256", "kid": "canary-kid"]
        let token = try SignedToken(TestToken.encode(header) + ".Zm9v.AAAA")
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", "\([token])", dumped, String(reflecting: token)] {
            #expect(!text.contains("canary") && !text.contains("Zm9v"))
        }
    }
}
