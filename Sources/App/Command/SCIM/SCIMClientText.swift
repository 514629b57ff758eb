import SCIMServer
import StrictJSON

/// Clients as they are printed.
enum SCIMClientText {
    static func json(_ client: SCIMClient) -> JSONObject {
        var object = JSONObject()
        object["name"] = .string(client.name.text)
        object["person_id"] = .string(client.personIdentity.rawValue)
        object["leaver"] = .string(client.leaver.rawValue)
        object["created_at"] = .string(client.createdAt.description)
        object["last_used_at"] = client.lastUsedAt.map { .string($0.description) } ?? JSONValue.null
        object["revoked_at"] = client.revokedAt.map { .string($0.description) } ?? JSONValue.null
        return object
    }

    /// The one time that a token is shown.
    static func print(_ issued: SCIMClientDesk.Issued, on console: Console) {
        guard console.format == .json else {
            console.print("client  \(issued.client.name)\ntoken   \(issued.token.reveal())")
            Console.complain("keep the token now: it is not kept here, and not shown again")
            return
        }
        var object = json(issued.client)
        object["token"] = .string(issued.token.reveal())
        console.print(JSONValue.object(object).prettyText)
    }
}
