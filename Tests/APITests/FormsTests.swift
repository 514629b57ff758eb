import Answers
import ControlPlane
import HTTPTypes
import StrictJSON
import Testing
import WebServer

@testable import API

/// The forms in which the same is answered.
@Suite struct FormsTests {
    private static let text: HTTPFields = [.accept: "text/plain"]

    @Test func textIsWhatACommandPrintsAndJSONItsDocument() async throws {
        try await APIPlace.with { place in
            let path = "/api/v1/groups/payments-live-readers/members"
            let json = await place.ask(.get, path, as: APIPlace.marta)
            #expect(json.headers[.contentType] == "application/json" && json.json["slugs"] == ["payments-live-readers"])
            let text = await place.ask(.get, path, as: APIPlace.marta, headers: Self.text)
            #expect(text.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(text.text.hasPrefix("IDENTITY"))
            for answer in [json, text] {
                #expect(answer.headers[.tenureExit] == "0")
                let remark = answer.headers[.tenureRemark].flatMap { RemarkField.decode($0) }
                #expect(remark?.text.contains("in payments-live-readers at ") ?? false)
            }
        }
    }

    @Test(arguments: [
        ("", Representation.json), ("*/*", .json), ("text/html, */*", .json), ("text/plain", .text),
        ("application/json, text/plain", .json), ("text/plain;q=0.9, application/json", .text), ("image/png", .json),
        ("text/markdown, text/plain", .markdown),
    ])
    func theFirstFormThatThereIs(_ accept: String, _ expected: Representation) {
        let request = WebRequest(
            method: .get, path: [], headers: accept.isEmpty ? [:] : [.accept: accept], correlation: "r",
            peer: WebPeer(address: "127.0.0.1", isLoopback: true))
        #expect(Representation(request) == expected)
    }

    @Test func aListIsOneTableUnlessItIsCut() async throws {
        try await APIPlace.with { place in
            let all = await place.ask(.get, "/api/v1/people", as: APIPlace.marta, headers: Self.text)
            #expect(all.text.split(separator: "\n").count > 30)
            let cut = await place.ask(.get, "/api/v1/people?limit=3", as: APIPlace.marta, headers: Self.text)
            #expect(cut.text.split(separator: "\n").count == 4)
        }
    }

    @Test func casesComeInPagesThatMissNothing() async throws {
        try await APIPlace.with { place in
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = await place.ask(.get, "/api/v1/cases?limit=5\(cursor)", as: APIPlace.marta)
                #expect(page.status == 200 && page.items.count <= 5)
                seen += page.items.compactMap { $0["id"]?.string }
                cursor = page.json["next"]?.string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            let all = await place.ask(.get, "/api/v1/cases?limit=1000", as: APIPlace.marta)
            #expect(seen == all.items.compactMap { $0["id"]?.string } && seen.count > 10)
            // One's own, among many that are not.
            let own = await place.ask(.get, "/api/v1/cases?limit=1", as: "e-0019")
            #expect(own.items.count == 1 && own.items[0]["identity"] == "e-0019")
        }
    }

    /// A repeat is answered as the first time, whatever form that was in.
    @Test func aRepeatIsAnsweredInItsForm() async throws {
        try await APIPlace.with { place in
            var headers = Self.text
            headers[IdempotencyKey.header] = "k-7"
            let first = await place.ask(.post, "/api/v1/reconcile", as: APIPlace.marta, headers: headers)
            let again = await place.ask(.post, "/api/v1/reconcile", as: APIPlace.marta, headers: headers)
            #expect(first.status == 200 && first.text.contains("applied and read back"), "\(first.text)")
            #expect(again.text == first.text && again.headers == first.headers)
        }
    }

    @Test(arguments: [
        "/etc/passwd", "../platform.yaml", "tenants/../../x.yaml", "tenants//x.yaml", "./platform.yaml", "a/b/c.yaml",
        "tenants\\x.yaml", "", "tenants/", "x\u{1}.yaml",
    ])
    func aPathThatLeadsElsewhereIsRefused(_ path: String) async throws {
        try await APIPlace.with { place in
            let body: JSONValue = ["definitions": .object(JSONObject([.init(name: path, value: "x: y")]))]
            for operation in ["plans", "applies", "policies/replay"] {
                let answer = await place.ask(.post, "/api/v1/\(operation)", as: APIPlace.marta, body)
                #expect(answer.status == 422, "\(operation) \(path): \(answer.status) \(answer.text)")
            }
        }
    }

    @Test func filesAreThePlatformsAndAreFiles() async throws {
        try await APIPlace.with { place in
            let body: JSONValue = ["definitions": ["platform.yaml": "x: y"]]
            // Diego sees everything and changes nothing; files would be read with the server's credentials.
            #expect(await place.ask(.post, "/api/v1/plans", as: APIPlace.diego, body).status == 403)
            #expect(await place.ask(.post, "/api/v1/plans", as: APIPlace.diego).status == 200)
            for wrong: JSONValue in [["definitions": []], ["definitions": "x"], ["definitions": ["platform.yaml": 1]]] {
                let status = await place.ask(.post, "/api/v1/plans", as: APIPlace.marta, wrong).status
                #expect(status == 400 || status == 422, "\(wrong.compactText): \(status)")
            }
            #expect(await place.ask(.post, "/api/v1/applies", as: APIPlace.marta, [:]).status == 400)
        }
    }

    @Test func whatWasSeenIsAppliedOrNothing() async throws {
        try await APIPlace.with { place in
            let files = try DefinitionUpload(folder: place.folder + "/org").json
            let plan = await place.ask(.post, "/api/v1/plans", as: APIPlace.marta, ["definitions": files])
            #expect(plan.status == 200 && plan.json["hash"]?.string.map { "\"\($0)\"" } == plan.headers[.eTag])
            let other = await place.ask(
                .post, "/api/v1/applies", as: APIPlace.marta, ["definitions": files, "hash": "0123"])
            #expect(other.status == 409 && other.code == "stale")
            let same = await place.ask(
                .post, "/api/v1/applies", as: APIPlace.marta,
                ["definitions": files, "hash": plan.json["hash"] ?? ""])
            #expect(same.status == 200, "\(same.text)")
        }
    }

    @Test func remarksAreReadBackAsTheyWereWritten() {
        for text in ["plain", "100 % `of` é \u{1F600}", "two\nlines\t", "", "%41", "\u{1B}[2J"] {
            for remark in [Printout.Remark.note(text), .complaint(text)] {
                let field = RemarkField.encode(remark)
                #expect(field.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
                #expect(RemarkField.decode(field) == remark)
            }
        }
        for wrong in ["", "note", "shout x", "note %4", "note %zz", "note %FF"] {
            #expect(RemarkField.decode(wrong) == nil, "\(wrong)")
        }
    }
}
