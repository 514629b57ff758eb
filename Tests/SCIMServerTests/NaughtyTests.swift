import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

/// Texts that have broken others: taken and given back byte for byte, or refused in so many words; never an error of ours.
@Suite("Naughty texts") struct NaughtyTests {
    /// Good text, however it looks.
    private static let good: [String] = [
        "undefined", "null", "NULL", "true", "NaN", "-1", "1e1000", "0x0", "1;DROP TABLE scim_resources", "' OR 1=1 --",
        "'; EXEC xp_cmdshell('x'); --", "\" OR \"\"=\"", "$1", "?1", "%s%n%x", "{0}", "{{7*7}}", "${jndi:ldap://x/a}",
        "<script>alert(1)</script>", "<!--#exec cmd=\"x\"-->", "../../../etc/passwd", "C:\\CON", "/dev/null;`id`",
        "田中さんにあげて下さい", "찦차를 타고 온 펲시맨", "Ω≈ç√∫", "ÅÍÎÏ˝ÓÔÒÚÆ☃", "👩‍👩‍👧‍👦🏳️‍🌈", "ثم نفس سقطت",
        "e\u{301}", "é", "Ａｄｍｉｎ", "ǅ", "ﬁ", "ß", "İ", "ı", "K", "ſ", "ὈΔΥΣΣΕΎΣ", "\u{1F468}\u{200D}\u{1F680}",
        "a\u{0300}\u{0301}\u{0302}\u{0303}",
        "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1", "ZWJ\u{200D}x", "\u{00A0}x\u{00A0}", "a\\", "a\"b", "a/b?c#d&e=f",
        "\\u0000",
        "x'00'", "\\", "[]", "%00", "%", "_", "*", "bulkId:x",
    ]

    /// What is no text, or deceives.
    private static let bad: [String] =
        [
            "\u{0}", "a\u{0}b", "\u{1}", "\u{8}", "\u{B}", "\u{1B}[31m", "\u{7F}", "\u{80}", "\u{9F}", "\u{2028}",
            "\u{2029}",
            "\u{202E}abc", "\u{2066}x", "\u{FEFF}x", "\u{FFFB}", "a\nb", "a\r\nb", "a\tb",
            String(repeating: "x", count: 1_025),
        ] + [0xFFFE, 0xFFFF, 0x1_FFFE, 0xFDD0].compactMap { Unicode.Scalar(UInt32($0)).map { String($0) } }

    /// Where a client may write a text.
    static let places: [@Sendable (String) -> JSONValue] = [
        { SCIMWorld.user($0) }, { SCIMWorld.user("a", ["externalId": .string($0)]) },
        { SCIMWorld.user("a", ["displayName": .string($0)]) }, { SCIMWorld.user("a", ["nickName": .string($0)]) },
        { SCIMWorld.user("a", ["profileUrl": .string($0)]) }, { SCIMWorld.user("a", ["title": .string($0)]) },
        { SCIMWorld.user("a", ["userType": .string($0)]) }, { SCIMWorld.user("a", ["preferredLanguage": .string($0)]) },
        { SCIMWorld.user("a", ["locale": .string($0)]) }, { SCIMWorld.user("a", ["timezone": .string($0)]) },
        {
            SCIMWorld.user(
                "a", ["name": ["formatted": .string($0), "familyName": .string($0), "givenName": .string($0)]])
        },
        { SCIMWorld.user("a", ["emails": [["value": .string($0), "type": .string($0), "display": .string($0)]]]) },
        { SCIMWorld.user("a", ["phoneNumbers": [["value": .string($0)]]]) },
        { SCIMWorld.user("a", ["ims": [["value": .string($0)]]]) },
        { SCIMWorld.user("a", ["photos": [["value": .string($0)]]]) },
        { SCIMWorld.user("a", ["addresses": [["locality": .string($0), "country": .string($0)]]]) },
        { SCIMWorld.user("a", ["entitlements": [["value": .string($0)]]]) },
        { SCIMWorld.user("a", ["roles": [["value": .string($0)]]]) },
        {
            SCIMWorld.user(
                "a",
                [
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": [
                        "department": .string($0), "costCenter": .string($0), "manager": ["value": .string($0)],
                    ]
                ])
        },
        { SCIMWorld.group($0) },
    ]

    private static func strings(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(strings)
        case .object(let object): object.members.flatMap { strings($0.value) }
        default: []
        }
    }

    @Test("in every text of every resource", arguments: SCIMDatabase.allCases)
    func everywhere(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            for make in Self.places {
                for text in Self.good {
                    let body = make(text)
                    let path = body["userName"].isMissing ? "/Groups" : "/Users"
                    let made = await world.send(.post, path, body)
                    #expect(made.status == 201, "\(text.debugDescription) \(made.json)")
                    let shown = await world.get("\(path)/\(made.id)").json
                    let expected = Self.strings(body).count { $0.utf8.elementsEqual(text.utf8) }
                    #expect(Self.strings(shown).count { $0.utf8.elementsEqual(text.utf8) } == expected, "\(text)")
                    #expect(await world.send(.delete, "\(path)/\(made.id)").status == 204)
                }
                for text in Self.bad {
                    let body = make(text)
                    let path = body["userName"].isMissing ? "/Groups" : "/Users"
                    // References may be longer.
                    if text.utf8.count > 1_024,
                        ["profileUrl", "photos", "urn:"].contains(where: body.compactText.contains)
                    {
                        continue
                    }
                    let made = await world.send(.post, path, body)
                    #expect(made.status == 400, "\(text.debugDescription.prefix(40)) \(made.status)")
                }
            }
            #expect(await world.get("").total == 0)
        }
    }

    @Test("in filters, sorts, names, cursors and addresses", arguments: SCIMDatabase.allCases)
    func asked(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let id = await world.add("anna")
            for text in Self.good + Self.bad {
                let literal = JSONValue.string(text).compactText
                for comparison in Filter.Operator.allCases {
                    let answer = await world.get("/Users", ["filter": "title \(comparison.rawValue) \(literal)"])
                    #expect(answer.status == 200 || answer.status == 400, "\(text.debugDescription)")
                }
                for name in ["filter", "sortBy", "sortOrder", "cursor", "count", "startIndex", "attributes"] {
                    let answer = await world.send(.get, "/Users", query: [.init(name, text)], type: nil)
                    #expect(
                        answer.status == 200 || answer.status == 400,
                        "\(name) \(text.debugDescription): \(answer.status)")
                }
                let patch = SCIMWorld.patch(["op": "remove", "path": .string(text)])
                #expect(await world.send(.patch, "/Users/\(id)", patch).status == 400)
                let member = SCIMWorld.patch(["op": "add", "path": "members", "value": [["value": .string(text)]]])
                #expect(await world.send(.patch, "/Groups/none", member).status >= 400)
            }
            for text in Self.good where !text.contains("/") {
                #expect(await world.get("/Users/\(text)").status == 404)
            }
            for header in ["", "\"", "W/", "W/\"", "*,*", "\"1", String(repeating: "\"x\",", count: 500)] {
                #expect(await world.send(.delete, "/Users/\(id)", headers: [.ifMatch: header]).status != 500)
            }
        }
    }

    @Test("bytes that are no JSON") func bytes() async throws {
        try await withWorld { world in
            var generator = SeededGenerator(seed: 7)
            let good = Array(SCIMWorld.user("anna", ["name": ["givenName": "A"], "active": true]).compactText.utf8)
            for _ in 0..<600 {
                var broken = good
                for _ in 0...generator.below(3) {
                    switch generator.below(3) {
                    case 0: broken[generator.below(broken.count)] = UInt8(generator.below(256))
                    case 1: broken.remove(at: generator.below(broken.count))
                    default: broken.insert(UInt8(generator.below(256)), at: generator.below(broken.count))
                    }
                }
                let answer = await world.send(.post, "/Users", raw: broken)
                #expect(
                    [201, 400, 409].contains(answer.status),
                    "\(answer.status) \(String(decoding: broken, as: UTF8.self))")
            }
            let deep = String(repeating: "[", count: 100_000)
            #expect(await world.send(.post, "/Users", raw: Array(deep.utf8)).status == 400)
        }
    }
}
