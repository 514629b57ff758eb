import Foundation
import StrictJSON
import TestSupport
import Testing

/// A SCIM client that writes one user after another, goes on after each kill, and knows what was acknowledged.
struct SCIMWriter: Sendable {
    let name: String
    let token: String
    let port: Int

    /// What a user must be like in the end.
    struct User: Sendable {
        let name: String
        let id: String
        var title: String?
        var isDeleted = false
    }

    private var headers: [String: String] {
        ["Authorization": "Bearer \(token)", "Content-Type": "application/scim+json"]
    }

    /// Until `isOver`; at most so many users.
    func write(upTo limit: Int, until isOver: @Sendable () -> Bool) async throws -> [User] {
        let connection = HTTPConnection(port: port, timeout: 120)
        var users: [User] = []
        while !isOver(), users.count < limit {
            var user = try await create("\(name)-\(users.count)@mountainlab.io", connection)
            if users.count % 3 == 0 {
                let title = "t-\(users.count)"
                let patch = """
                    {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                     "Operations": [{"op": "replace", "path": "title", "value": "\(title)"}]}
                    """
                let answer = try await ask("PATCH", "/Users/\(user.id)", patch, connection)
                #expect(answer.status == 200, "\(answer.body)")
                user.title = title
            }
            if users.count % 5 == 4 {
                // Told again after a kill, it is not there any more.
                let answer = try await ask("DELETE", "/Users/\(user.id)", "", connection)
                #expect(answer.status == 204 || answer.status == 404, "\(answer.body)")
                user.isDeleted = true
            }
            users.append(user)
        }
        return users
    }

    /// What is wrong with what the server has.
    func faults(_ users: [User]) async throws -> [String] {
        let connection = HTTPConnection(port: port, timeout: 120)
        var faults: [String] = []
        for user in users {
            let answer = try await ask("GET", "/Users/\(user.id)", "", connection)
            if user.isDeleted {
                if answer.status != 404 { faults.append("\(user.name) was deleted and is there") }
                continue
            }
            guard answer.status == 200 else {
                faults.append("\(user.name) is not there: \(answer.status)")
                continue
            }
            let title = try JSONParser.parse(answer.body)["title"]?.string
            if title != user.title { faults.append("\(user.name) has the title \(title ?? "none")") }
        }
        return faults
    }

    private func create(_ name: String, _ connection: HTTPConnection) async throws -> User {
        let body = """
            {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "\(name)",
             "name": {"givenName": "S", "familyName": "C"}, "emails": [{"value": "\(name)", "primary": true}]}
            """
        let made = try await ask("POST", "/Users", body, connection)
        if made.status == 201 {
            return User(name: name, id: try #require(try JSONParser.parse(made.body)["id"]?.string))
        }
        // It was made, and killed before it could say so.
        #expect(made.status == 409, "\(made.status) \(made.body)")
        let filter = "userName%20eq%20%22\(name)%22"
        let found = try await ask("GET", "/Users?filter=\(filter)", "", connection)
        let resources = try JSONParser.parse(found.body)["Resources"]?.array ?? []
        #expect(resources.count == 1, "\(found.body)")
        return User(name: name, id: try #require(resources.first?["id"]?.string))
    }

    private func ask(
        _ method: String, _ path: String, _ body: String, _ connection: HTTPConnection
    ) async throws -> HTTPConnection.Answer {
        while true {
            do {
                let answer = try await connection.ask(method, "/scim/v2" + path, headers: headers, body: body)
                if answer.status < 500 { return answer }
            } catch is HTTPConnection.Silence {
                // It is told again.
            }
            try await Task.sleep(for: .milliseconds(30))
        }
    }
}
