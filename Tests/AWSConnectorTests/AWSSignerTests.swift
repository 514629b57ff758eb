import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import AWSConnector

@Suite("Signature Version 4")
struct AWSSignerTests {
    /// Of the vendor's published test suite.
    private static let suite = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: SecretText("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
    private static let moment = Instant("2015-08-30T12:36:00Z")

    struct Published: Sendable, CustomStringConvertible {
        let name: String
        var method = "GET"
        var path = "/"
        var query = ""
        var headers: [HTTPRequest.Field] = []
        var body = ""
        let signature: String

        var description: String { name }
    }

    private static let published = [
        Published(
            name: "get-vanilla", signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Published(
            name: "post-vanilla", method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Published(
            name: "get-vanilla-query-order-key-case", query: "Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Published(
            name: "get-vanilla-utf8-query", query: "%E1%88%B4=bar",
            signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
        Published(
            name: "get-header-key-duplicate",
            headers: [.init("My-Header1", "value2"), .init("My-Header1", "value2"), .init("My-Header1", "value1")],
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        Published(
            name: "get-relative", path: "/example/..",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Published(
            name: "get-slash", path: "//",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Published(
            name: "get-slash-dot-slash", path: "/./",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Published(
            name: "post-x-www-form-urlencoded", method: "POST",
            headers: [.init("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ]

    @Test("the vendor's published examples", arguments: published)
    func example(_ example: Published) throws {
        var request = SignableRequest(method: example.method, host: "example.amazonaws.com", path: example.path)
        request.query = example.query
        request.headers = example.headers
        request.body = Array(example.body.utf8)
        let signer = AWSSigner(service: "service", region: "us-east-1")
        let headers = signer.headers(for: request, with: Self.suite, at: try #require(Self.moment))
        let authorization = try #require(headers.first { $0.name == "Authorization" }?.value)
        #expect(authorization.hasSuffix("Signature=\(example.signature)"), "\(authorization)")
        #expect(authorization.contains("Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"))
    }

    @Test("the documented example of IAM's ListUsers")
    func documented() throws {
        var request = SignableRequest(method: "GET", host: "iam.amazonaws.com", path: "/")
        request.query = "Action=ListUsers&Version=2010-05-08"
        request.headers = [.init("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        let headers = AWSSigner(service: "iam", region: "us-east-1").headers(
            for: request, with: Self.suite, at: try #require(Self.moment))
        #expect(
            headers.last?.value.hasSuffix("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7") == true)
    }

    @Test("two hundred requests of all shapes, as the vendor's own signer signs them")
    func asBotocore() throws {
        guard let moto = try TestSystems.require("moto_server") else { return }
        let python = (moto as NSString).deletingLastPathComponent + "/python"
        var random = SeededGenerator(seed: 20_261_122)
        var cases: [JSONValue] = []
        var own: [String] = []
        for number in 0..<200 {
            let sample = Sampled(number, &random)
            cases.append(sample.json)
            own.append(sample.signed)
        }
        let output = try #require(
            try CommandLineTool.run(
                python, [TestSystems.packageDirectory + "/Scripts/aws/sign.py"],
                input: JSONValue.array(cases).canonicalBytes))
        let theirs = try JSONParser.parse(output).array?.compactMap(\.string) ?? []
        #expect(theirs.count == own.count)
        for (index, pair) in zip(own, theirs).enumerated() {
            #expect(pair.0 == pair.1, "\(cases[index].compactText)")
        }
    }

    /// A request of the seed's making.
    private struct Sampled {
        let json: JSONValue
        let signed: String

        init(_ number: Int, _ random: inout SeededGenerator) {
            func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
            let path = pick([
                "/", "/a/b", "/a%2Fb/c", "/a//b/", "/./x/../y", "/%E6%97%A5/~t", "/a%20b", "/x:y@z", "/..",
            ])
            let query = pick(["", "b=2&a=1", "a=%20x&a=%2F", "z=&a", "Action=A&Version=1", "a=1&a=0&B=3"])
            let header = pick(["plain", "  two   spaces ", "tab\tand more", "", "café".uppercased().filter(\.isASCII)])
            let body = pick(["", "{}", "Param1=value1", #"{"name":"日本 ü"}"#])
            let token = pick(["", "FwoGZXIvYXdzE//token+with/slashes=="])
            let method = pick(["GET", "POST", "PUT", "DELETE"])
            let (service, region) = (pick(["iam", "sts", "identitystore", "sso"]), pick(["us-east-1", "eu-west-1"]))
            let time = Instant(milliseconds: 1_700_000_000_000 + Int64(number) * 86_399_000)
            var request = SignableRequest(method: method, host: "host-\(number).example.org", path: path)
            request.query = query
            request.headers = [.init("X-Amz-Target", header), .init("Content-Type", "application/x-amz-json-1.1")]
            request.body = Array(body.utf8)
            let credentials = AWSCredentials(
                accessKeyID: "AKID\(number)", secretAccessKey: SecretText("secret/\(number)+="),
                sessionToken: token.isEmpty ? nil : SecretText(token))
            let headers = AWSSigner(service: service, region: region).headers(for: request, with: credentials, at: time)
            signed = headers.first { $0.name == "Authorization" }?.value ?? ""
            json = [
                "method": .string(method), "host": .string(request.host),
                "target": .string(query.isEmpty ? path : "\(path)?\(query)"),
                "headers": ["X-Amz-Target": .string(header), "Content-Type": "application/x-amz-json-1.1"],
                "body": .string(body), "time": .string(time.description), "service": .string(service),
                "region": .string(region), "key": .string(credentials.accessKeyID),
                "secret": .string("secret/\(number)+="),
                "token": token.isEmpty ? .null : .string(token),
            ]
        }
    }
}
