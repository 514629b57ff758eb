import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

/// A patch of one user, as a table: what there was, what is done, what there is.
@Suite("Patches") struct PatchTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var before: JSONValue = .object(JSONObject())
        let operations: [JSONValue]
        /// Attributes afterwards, but for those that every resource has.
        var after: JSONValue = .object(JSONObject())
        /// The error's keyword, where it is refused.
        var refused: String?
    }

    private static let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    private static let mails: JSONValue = [
        "emails": [["value": "w@x.y", "type": "work", "primary": true], ["value": "h@x.y", "type": "home"]]
    ]

    private static let single: [Case] = [
        Case(
            testDescription: "add and replace set an attribute", before: ["title": "a"],
            operations: [
                ["op": "replace", "path": "title", "value": "b"], ["op": "add", "path": "nickName", "value": "n"],
            ], after: ["nickName": "n", "title": "b"]),
        Case(
            testDescription: "Entra's capitals and words", before: ["active": true],
            operations: [
                ["op": "Replace", "path": "active", "value": "False"], ["op": "Add", "path": "TITLE", "value": "x"],
            ],
            after: ["title": "x", "active": false]),
        Case(
            testDescription: "remove, and replace by null", before: ["title": "a", "nickName": "n"],
            operations: [["op": "remove", "path": "title"], ["op": "replace", "path": "nickName", "value": .null]]),
        Case(
            testDescription: "a part of a complex attribute", before: ["name": ["familyName": "F", "givenName": "G"]],
            operations: [
                ["op": "replace", "path": "name.familyName", "value": "X"], ["op": "remove", "path": "name.givenName"],
                ["op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.middleName", "value": "M"],
            ], after: ["name": ["familyName": "X", "middleName": "M"]]),
        Case(
            testDescription: "a complex attribute keeps what is not named", before: ["name": ["familyName": "F"]],
            operations: [["op": "replace", "path": "name", "value": ["givenName": "G"]]],
            after: ["name": ["familyName": "F", "givenName": "G"]]),
        Case(
            testDescription: "the last part takes the whole with it", before: ["name": ["familyName": "F"]],
            operations: [["op": "remove", "path": "name.familyName"]]),
        Case(
            testDescription: "an extension by its attributes and as a whole", before: [urn: ["department": "D"]],
            operations: [
                ["op": "add", "path": .string("\(urn):costCenter"), "value": "C"],
                ["op": "replace", "path": .string(urn), "value": ["division": "V", "department": "E"]],
                ["op": "add", "path": .string("\(urn):manager"), "value": "u-1"],
                ["op": "replace", "path": .string("\(urn):manager.value"), "value": "u-2"],
            ], after: [urn: ["costCenter": "C", "division": "V", "department": "E", "manager": ["value": "u-2"]]]),
        Case(
            testDescription: "an extension is removed", before: [urn: ["department": "D"]],
            operations: [["op": "remove", "path": .string(urn)]]),
        Case(
            testDescription: "without a path, each name is one", before: ["title": "a"],
            operations: [
                [
                    "op": "replace",
                    "value": [
                        "id": "other", "schemas": ["x"], "title": "b", "name.givenName": "G",
                        .init("\(urn):department"): "D",
                        #"emails[type eq "work"].value"#: "never",
                    ],
                ]
            ], refused: "noTarget"),
        Case(
            testDescription: "without a path, names may be paths", before: ["title": "a"],
            operations: [
                [
                    "op": "add",
                    "value": [
                        "id": "other", "title": "b", "name.givenName": "G", .init("\(urn):department"): "D",
                        #"emails[type eq "work"].value"#: "e@x.y",
                    ],
                ]
            ],
            after: [
                "name": ["givenName": "G"], "title": "b", "emails": [["value": "e@x.y", "type": "work"]],
                .init(urn): ["department": "D"],
            ]),
        Case(
            testDescription: "schemas are passed over, with a path and without one", before: ["title": "a"],
            operations: [
                ["op": "add", "path": "schemas", "value": ["urn:x:y"]], ["op": "remove", "path": "schemas"],
                [
                    "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:schemas", "value": ["urn:x:y"],
                ],
                ["op": "add", "value": ["Schemas": ["urn:x:y"], "title": "b"]],
            ], after: ["title": "b"]),
        Case(
            testDescription: "a password is taken and not kept",
            operations: [["op": "replace", "path": "password", "value": "s3cret"]]),
    ]

    private static let lists: [Case] = [
        Case(
            testDescription: "add appends, once", before: mails,
            operations: [
                ["op": "add", "path": "emails", "value": [["value": "o@x.y", "type": "other"]]],
                ["op": "add", "path": "emails", "value": ["value": "o@x.y", "type": "other"]],
            ],
            after: [
                "emails": [
                    ["value": "w@x.y", "type": "work", "primary": true], ["value": "h@x.y", "type": "home"],
                    ["value": "o@x.y", "type": "other"],
                ]
            ]),
        Case(
            testDescription: "a new primary value takes the place of the old", before: mails,
            operations: [["op": "add", "path": "emails", "value": [["value": "o@x.y", "primary": true]]]],
            after: [
                "emails": [
                    ["value": "w@x.y", "type": "work", "primary": false], ["value": "h@x.y", "type": "home"],
                    ["value": "o@x.y", "primary": true],
                ]
            ]),
        Case(
            testDescription: "values are the same whatever their case, and add says more of one that is there",
            before: mails,
            operations: [
                ["op": "remove", "path": "emails", "value": [["value": "W@X.Y", "type": "Work"]]],
                ["op": "add", "path": "emails", "value": [["value": "H@x.y", "type": "Home", "display": "At home"]]],
                ["op": "add", "path": "emails", "value": ["value": "h@x.y", "type": "home", "primary": true]],
            ],
            after: ["emails": [["value": "h@x.y", "display": "At home", "type": "home", "primary": true]]]),
        Case(
            testDescription: "a value that becomes primary takes the place of the old", before: mails,
            operations: [
                ["op": "add", "path": "emails", "value": [["value": "h@x.y", "type": "home", "primary": true]]]
            ],
            after: [
                "emails": [
                    ["value": "w@x.y", "type": "work", "primary": false],
                    ["value": "h@x.y", "type": "home", "primary": true],
                ]
            ]),
        Case(
            testDescription: "case counts where the schema says so",
            before: ["photos": [["value": "https://x.y/A", "type": "photo"]]],
            operations: [
                ["op": "remove", "path": "photos", "value": [["value": "https://x.y/a"]]],
                ["op": "add", "path": "photos", "value": [["value": "https://x.y/a", "type": "photo"]]],
            ],
            after: [
                "photos": [
                    ["value": "https://x.y/A", "type": "photo"], ["value": "https://x.y/a", "type": "photo"],
                ]
            ]),
        Case(
            testDescription: "replace replaces the list", before: mails,
            operations: [["op": "replace", "path": "emails", "value": [["value": "o@x.y"]]]],
            after: ["emails": [["value": "o@x.y"]]]),
        Case(
            testDescription: "remove removes the list", before: mails, operations: [["op": "remove", "path": "emails"]]),
        Case(
            testDescription: "a filter, and a part", before: mails,
            operations: [
                ["op": "replace", "path": #"emails[type eq "WORK"].value"#, "value": "n@x.y"],
                ["op": "add", "path": #"emails[value sw "h@"].display"#, "value": "Home"],
            ],
            after: [
                "emails": [
                    ["value": "n@x.y", "type": "work", "primary": true],
                    ["value": "h@x.y", "display": "Home", "type": "home"],
                ]
            ]),
        Case(
            testDescription: "a filter replaces whole values", before: mails,
            operations: [["op": "replace", "path": #"emails[type eq "work"]"#, "value": ["value": "n@x.y"]]],
            after: ["emails": [["value": "n@x.y"], ["value": "h@x.y", "type": "home"]]]),
        Case(
            testDescription: "a filter makes one primary", before: mails,
            operations: [["op": "replace", "path": #"emails[type eq "home"].primary"#, "value": true]],
            after: [
                "emails": [
                    ["value": "w@x.y", "type": "work", "primary": false],
                    ["value": "h@x.y", "type": "home", "primary": true],
                ]
            ]),
        Case(
            testDescription: "a filter removes values and parts", before: mails,
            operations: [
                ["op": "remove", "path": #"emails[type eq "work" and primary eq true]"#],
                ["op": "remove", "path": #"emails[not (primary pr)].type"#],
            ], after: ["emails": [["value": "h@x.y"]]]),
        Case(
            testDescription: "what is not there need not be removed", before: mails,
            operations: [["op": "remove", "path": #"emails[type eq "other"]"#]], after: mails),
        Case(
            testDescription: "what is not there cannot be replaced", before: mails,
            operations: [["op": "replace", "path": #"emails[type eq "other"].value"#, "value": "x"]],
            refused: "noTarget"),
        Case(
            testDescription: "what the filter describes is added",
            operations: [
                ["op": "Add", "path": #"emails[type eq "work" and primary eq true].value"#, "value": "a@x.y"]
            ],
            after: ["emails": [["value": "a@x.y", "type": "work", "primary": true]]]),
        Case(
            testDescription: "what a filter does not describe plainly is not made up",
            operations: [["op": "add", "path": #"emails[type ne "work"].value"#, "value": "a@x.y"]], refused: "noTarget"
        ),
        Case(
            testDescription: "a part of all values", before: mails,
            operations: [["op": "remove", "path": "emails.type"]],
            after: ["emails": [["value": "w@x.y", "primary": true], ["value": "h@x.y"]]]),
    ]

    private static let refusalTable: [(String, String, JSONValue)] = [
        ("an unknown attribute", "invalidPath", ["op": "replace", "path": "titel", "value": "x"]),
        ("an unknown part", "invalidPath", ["op": "replace", "path": "name.first", "value": "x"]),
        ("an unknown schema", "invalidPath", ["op": "replace", "path": "urn:x:y", "value": "x"]),
        ("a broken path", "invalidPath", ["op": "replace", "path": "emails[type eq", "value": "x"]),
        ("more behind a path", "invalidPath", ["op": "replace", "path": "title x", "value": "x"]),
        ("a filter on a single value", "invalidPath", ["op": "replace", "path": #"title[a eq "b"]"#, "value": "x"]),
        ("a filter on an unknown part", "invalidFilter", ["op": "remove", "path": #"emails[x eq "b"]"#]),
        ("an empty path", "invalidPath", ["op": "replace", "path": "", "value": "x"]),
        ("a path that is no text", "invalidPath", ["op": "replace", "path": 5, "value": "x"]),
        ("an unknown operation", "invalidSyntax", ["op": "move", "path": "title", "value": "x"]),
        ("no operation", "invalidSyntax", ["path": "title", "value": "x"]),
        ("an unknown member", "invalidSyntax", ["op": "remove", "path": "title", "valeu": "x"]),
        ("no value", "invalidValue", ["op": "replace", "path": "title"]),
        ("a value of another type", "invalidValue", ["op": "replace", "path": "title", "value": 5]),
        ("a list where one is meant", "invalidValue", ["op": "replace", "path": "title", "value": ["x"]]),
        ("a text where a list is meant", "invalidValue", ["op": "replace", "path": "emails", "value": "x"]),
        ("a word that is no boolean", "invalidValue", ["op": "replace", "path": "active", "value": "no"]),
        ("one attribute under two names", "invalidSyntax", ["op": "replace", "value": ["title": "x", "Title": "y"]]),
        (
            "one attribute under two schemas", "invalidSyntax",
            ["op": "replace", "value": ["active": false, "urn:ietf:params:scim:schemas:core:2.0:User:active": true]]
        ),
        ("what is never cleared", "invalidValue", ["op": "remove", "path": "active"]),
        ("what is never cleared, by null", "invalidValue", ["op": "replace", "path": "active", "value": .null]),
        ("what is never cleared, without a path", "invalidValue", ["op": "add", "value": ["active": .null]]),
        ("the id", "mutability", ["op": "replace", "path": "id", "value": "x"]),
        ("meta", "mutability", ["op": "remove", "path": "meta.created"]),
        ("groups", "mutability", ["op": "add", "path": "groups", "value": [["value": "g"]]]),
        (
            "the manager's name", "mutability",
            ["op": "add", "path": .string("\(urn):manager.displayName"), "value": "x"]
        ),
        ("the name away", "invalidValue", ["op": "remove", "path": "userName"]),
        ("all away", "noTarget", ["op": "remove"]),
        ("all to a text", "invalidValue", ["op": "replace", "value": "x"]),
        ("an unknown name without a path", "invalidPath", ["op": "replace", "value": ["titel": "x"]]),
    ]

    private static let refusals = refusalTable.map { row in
        Case(testDescription: "refused: \(row.0)", operations: [row.2], refused: row.1)
    }

    @Test(arguments: single + lists + refusals)
    func patches(_ item: Case) async throws {
        try await withWorld { world in
            let id = await world.add("anna", item.before)
            let was = await world.get("/Users/\(id)").json
            var body = JSONObject()
            body["schemas"] = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
            body["Operations"] = .array(item.operations)
            let answer = await world.send(.patch, "/Users/\(id)", .object(body))
            let shown = await world.get("/Users/\(id)").json
            if let refused = item.refused {
                #expect(answer.status == 400 && answer.kind == refused, "\(answer.json)")
                #expect(shown == was)
                return
            }
            #expect(answer.status == 200, "\(answer.json)")
            #expect(answer.json == shown)
            var rest = JSONObject()
            for member in shown.object?.members ?? []
            where !["schemas", "id", "meta", "userName"].contains(member.name) { rest[member.name] = member.value }
            #expect(JSONValue.object(rest) == item.after, "\(JSONValue.object(rest).prettyText)")
        }
    }

    @Test("a patch is done as a whole or not at all") func whole() async throws {
        try await withWorld { world in
            let id = await world.add("anna")
            let answer = await world.send(
                .patch, "/Users/\(id)",
                SCIMWorld.patch(
                    ["op": "add", "path": "title", "value": "x"], ["op": "remove", "path": "userName"]))
            #expect(answer.status == 400)
            #expect(await world.get("/Users/\(id)").json["title"].isMissing)
        }
    }

    @Test(
        "what is no patch is refused",
        arguments: [
            #"{}"#, #"{"Operations":[]}"#, #"{"schemas":["P"],"Operations":[]}"#, #"{"schemas":["P"],"Operations":{}}"#,
            #"{"schemas":["P"]}"#, #"{"schemas":["P"],"Operations":["x"]}"#,
            #"{"schemas":["P"],"operations":[{"op":"x"}]}"#,
            #"{"schemas":["X"],"Operations":[{"op":"remove","path":"title"}]}"#, "[]", "null",
            #"{"schemas":["P"],"Operations":[{"op":"add","op":"remove","path":"title","value":"x"}]}"#,
        ])
    func refuses(_ body: String) async throws {
        let text = body.replacing(#"["P"]"#, with: #"["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#)
        try await withWorld { world in
            let id = await world.add("anna")
            #expect(await world.send(.patch, "/Users/\(id)", raw: Array(text.utf8)).status == 400)
        }
    }
}
