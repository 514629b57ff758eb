import SCIMServer
import StrictJSON

extension Printout {
    public static func clients(_ clients: [SCIMClient]) -> Printout {
        Printout(
            text: { ink in
                var table = TextTable("NAME", "PERSON", "LEAVER", "CREATED", "LAST USED", "REVOKED")
                for client in clients {
                    table.add(
                        client.name.text, client.personIdentity.rawValue, client.leaver.rawValue,
                        client.createdAt.description, client.lastUsedAt?.description ?? "",
                        client.revokedAt?.description ?? "")
                }
                return table.text(ink)
            }, json: { .array(clients.map { .object(json($0)) }) })
    }

    /// The one time that a token is shown.
    public static func issued(_ issued: SCIMClientDesk.Issued) -> Printout {
        Printout(
            text: { _ in "client  \(issued.client.name)\ntoken   \(issued.token.reveal())" },
            json: {
                var object = json(issued.client)
                object["token"] = .string(issued.token.reveal())
                return .object(object)
            },
            remarks: { _ in [.note("keep the token now: it is not kept here, and not shown again")] })
    }

    public static func revoked(_ client: SCIMClient) -> Printout {
        Printout(text: { _ in "\(client.name) is revoked" }, json: { .object(json(client)) })
    }

    private static func json(_ client: SCIMClient) -> JSONObject {
        var object = JSONObject()
        object["name"] = .string(client.name.text)
        object["person_id"] = .string(client.personIdentity.rawValue)
        object["leaver"] = .string(client.leaver.rawValue)
        object["created_at"] = .string(client.createdAt.description)
        object["last_used_at"] = client.lastUsedAt.map { .string($0.description) } ?? JSONValue.null
        object["revoked_at"] = client.revokedAt.map { .string($0.description) } ?? JSONValue.null
        return object
    }
}
