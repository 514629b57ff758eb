import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@testable import Forges

/// Lists that come in pages.
@Suite struct ForgeListTests {
    private static let kinds = [ForgeDouble.Kind.github, .gitlab]

    private func forge(_ kind: ForgeDouble.Kind, at url: String) throws -> any Forge {
        let place = ForgePlace(kind: kind == .github ? .github : .gitlab, url: url, project: "mountainlab/clusters")
        return try place.connect(token: SecretText(ForgeDouble.token)) { Instant(milliseconds: 0) }
    }

    /// A forge whose lists never end; every item is another.
    private func endless(_ kind: ForgeDouble.Kind) throws -> HTTPDouble {
        try HTTPDouble { request in
            if request.path == "/user" {
                return ForgeDouble.json(200, ["login": .string("me"), "id": .integer(7)])
            }
            let page = Int64(request.query("page").flatMap { Int($0) } ?? 1)
            let head = String(repeating: "a", count: 40)
            let items = (1...100).map { index -> JSONValue in
                let number = JSONValue.integer((page - 1) * 100 + Int64(index))
                return kind == .github
                    ? [
                        "id": number, "number": number, "state": "open", "base": ["ref": "main"],
                        "head": ["sha": .string(head)],
                    ]
                    : ["id": number, "iid": number, "state": "opened", "target_branch": "main", "sha": .string(head)]
            }
            var answer = ForgeDouble.json(200, .array(items))
            if kind == .gitlab { answer.headers["X-Next-Page"] = "\(page + 1)" }
            return answer
        }
    }

    @Test(arguments: kinds) func aListWithoutAnEndIsAnError(_ kind: ForgeDouble.Kind) async throws {
        let double = try endless(kind)
        let forge = try forge(kind, at: double.url)
        let error = await #expect(throws: ConnectorError.self) {
            _ = try await forge.comments(on: 1, operation: "read the comments")
        }
        #expect(error?.description.contains("read the comments") == true, "\(String(describing: error))")
        #expect(error?.message.contains("goes on after 60 pages of 100") == true, "\(String(describing: error))")
        #expect(double.requests.count { $0.path != "/user" } == 60)
        await forge.close()
    }

    @Test(arguments: kinds) func ofTooManyOpenRequestsTheOldestAreLookedAt(_ kind: ForgeDouble.Kind) async throws {
        let double = try endless(kind)
        let forge = try forge(kind, at: double.url)
        let open = try await forge.openRequests(into: "main", operation: "list")
        #expect(!open.isWhole && open.requests.map(\.number) == Array(1...500))
        #expect(double.requests.count == 5)
        await forge.close()
    }

    /// What says whether another page follows; a page may be short and not the last.
    @Test(arguments: [
        ("X-Next-Page", "2", 3, true), ("X-Next-Page", "", 100, false), ("X-Next-Page", "2", 0, false),
        ("Link", #"<https://a/x?page=1>; rel="prev", <https://a/x?page=3>; rel="next""#, 3, true),
        ("Link", #"<https://a/x?page=1>; rel="prev""#, 100, false), ("Date", "", 100, true), ("Date", "", 99, false),
    ])
    func whetherItGoesOn(_ header: String, _ value: String, _ count: Int, _ goesOn: Bool) {
        let response = HTTPResponse(status: 200, headers: [HTTPRequest.Field(header, value)])
        #expect(ForgeList.goesOn(after: response, count: count) == goesOn)
    }

    @Test(arguments: kinds) func aShortPageIsNotTheEnd(_ kind: ForgeDouble.Kind) async throws {
        let double = try HTTPDouble { request in
            if request.path == "/user" {
                return ForgeDouble.json(200, ["login": .string("me"), "id": .integer(7)])
            }
            let page = request.query("page").flatMap { Int64($0) } ?? 1
            let author: JSONValue = ["login": .string("me"), "id": .integer(7)]
            var answer = ForgeDouble.json(
                200, [["id": .integer(page), "body": .string("x"), "user": author, "author": author]])
            let link = "<http://127.0.0.1:9/elsewhere>; rel=\"\(page < 3 ? "next" : "prev")\""
            answer.headers = kind == .github ? ["Link": link] : ["X-Next-Page": page < 3 ? "\(page + 1)" : ""]
            return answer
        }
        let forge = try forge(kind, at: double.url)
        #expect(try await forge.comments(on: 1, operation: "read").map(\.id) == [1, 2, 3])
        await forge.close()
    }
}
