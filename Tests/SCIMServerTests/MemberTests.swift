import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

@Suite("Members of groups") struct MemberTests {
    private func change(_ world: SCIMWorld, _ group: String, _ operation: JSONValue) async -> SCIMWorld.Answer {
        await world.send(.patch, "/Groups/\(group)", SCIMWorld.patch(operation))
    }

    /// LESSONS #10: a member that somebody else adds meanwhile is never lost.
    @Test("many who change one group at once lose nobody", arguments: SCIMDatabase.allCases)
    func concurrent(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let leaving = (0..<40).map { "old-\($0)" }
            let group = await world.addGroup("Staff", leaving + ["stays"])
            let failures = await withTaskGroup(of: SCIMWorld.Answer.self) { tasks in
                for number in 0..<40 {
                    tasks.addTask {
                        await self.change(
                            world, group,
                            ["op": "add", "path": "members", "value": [["value": .string("new-\(number)")]]])
                    }
                    tasks.addTask {
                        await self.change(
                            world, group,
                            ["op": "remove", "path": .string(#"members[value eq "old-\#(number)"]"#)])
                    }
                    tasks.addTask {
                        await world.send(
                            .patch, "/Groups/\(group)",
                            SCIMWorld.patch(["op": "replace", "value": ["displayName": .string("Staff \(number)")]]))
                    }
                }
                return await tasks.reduce(into: 0) { $0 += $1.status == 200 ? 0 : 1 }
            }
            #expect(failures == 0)
            #expect(await world.members(of: group) == Set((0..<40).map { "new-\($0)" } + ["stays"]))
            // One version for each change.
            #expect(await world.get("/Groups/\(group)").json["meta"]?["version"]?.string == "W/\"121\"")
        }
    }

    @Test("deltas do what they say", arguments: SCIMDatabase.allCases)
    func deltas(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let (a, b) = (await world.add("a"), await world.add("b"))
            let group = await world.addGroup("Staff", [a])
            let cases: [(JSONValue, Set<String>)] = [
                (["op": "add", "path": "members", "value": [["value": .string(b)], ["value": .string(a)]]], [a, b]),
                (["op": "Add", "path": "members", "value": ["value": "x"]], [a, b, "x"]),
                (["op": "Remove", "path": "members", "value": [["value": "x"], ["value": "unknown"]]], [a, b]),
                (["op": "remove", "path": .string(#"members[value eq "nobody"]"#)], [a, b]),
                (["op": "remove", "path": .string(#"members[value eq "\#(a)" or value eq "y"]"#)], [b]),
                (["op": "add", "value": ["members": [["value": .string(a), "display": "A"]]]], [a, b]),
                (["op": "remove", "path": #"members[type eq "Group"]"#], [a, b]),
                (["op": "replace", "path": "members", "value": [["value": "z"], ["value": .string(b)]]], ["z", b]),
                (["op": "remove", "path": #"members[type eq "User"]"#], ["z"]),
                (["op": "replace", "value": ["displayName": "Other"]], ["z"]),
                (["op": "remove", "path": "members"], []),
            ]
            for (operation, expected) in cases {
                let answer = await change(world, group, operation)
                #expect(answer.status == 200, "\(operation.compactText) \(answer.json)")
                #expect(await world.members(of: group) == expected, "\(operation.compactText)")
            }
        }
    }

    /// LESSONS #10: an unknown shape is 400, never all.
    @Test(
        "a shape that is not plain changes nothing",
        arguments: [
            #"{"op":"replace","path":"members"}"#, #"{"op":"replace","path":"members","value":null}"#,
            #"{"op":"replace","path":"members","value":"a"}"#, #"{"op":"replace","path":"members","value":{}}"#,
            #"{"op":"replace","path":"members","value":{"value":"a"}}"#,
            #"{"op":"replace","path":"members","value":["a"]}"#,
            #"{"op":"replace","path":"members","value":[{}]}"#,
            #"{"op":"replace","path":"members","value":[{"value":""}]}"#,
            #"{"op":"replace","path":"members","value":[{"value":null}]}"#,
            #"{"op":"replace","path":"members","value":[{"id":"a"}]}"#, #"{"op":"remove","path":"members","value":[]}"#,
            #"{"op":"remove","path":"members","value":null}"#, #"{"op":"remove","path":"members","value":"a"}"#,
            #"{"op":"remove","path":"members","value":[{}]}"#, #"{"op":"remove","path":"members[]"}"#,
            #"{"op":"remove","path":"members[value eq]"}"#, #"{"op":"remove","path":"members[value]"}"#,
            #"{"op":"remove","path":"members[name eq \"a\"]"}"#, #"{"op":"remove","path":"members.value"}"#,
            #"{"op":"remove","path":"members[value eq \"a\"].value"}"#,
            #"{"op":"remove","path":"members[value eq \"a\"]","value":[{"value":"b"}]}"#,
            #"{"op":"replace","path":"members[value eq \"a\"]","value":[]}"#,
            #"{"op":"replace","value":{"members":null}}"#,
            #"{"op":"replace","value":{"members":"a"}}"#, #"{"op":"replace","value":{"members":{}}}"#,
            #"{"op":"add","path":"members","value":null}"#, #"{"op":"add","path":"members","value":[[]]}"#,
            #"{"op":"add","path":"members","value":[{"value":"a b"}]}"#, #"{"op":"remove"}"#,
            #"{"op":"remove","path":""}"#,
            #"{"op":"remove","path":null}"#, #"{"op":"remove","path":"member"}"#,
        ])
    func refuses(_ operation: String) async throws {
        try await withWorld { world in
            let group = await world.addGroup("Staff", ["a", "b"])
            let body = #"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[\#(operation)]}"#
            let answer = await world.send(.patch, "/Groups/\(group)", raw: Array(body.utf8))
            #expect(answer.status == 400, "\(operation) \(answer.json)")
            #expect(await world.members(of: group) == ["a", "b"])
        }
    }

    @Test("a group that is put without members keeps them; an empty list empties it") func put() async throws {
        try await withWorld { world in
            let group = await world.addGroup("Staff", ["a", "b"])
            #expect(await world.send(.put, "/Groups/\(group)", SCIMWorld.group("Other")).status == 200)
            #expect(await world.members(of: group) == ["a", "b"])
            for members in [#""a""#, #"{}"#, #"[{}]"#, #"["a"]"#] {
                let body =
                    #"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"x","members":\#(members)}"#
                #expect(await world.send(.put, "/Groups/\(group)", raw: Array(body.utf8)).status == 400)
            }
            #expect(await world.members(of: group) == ["a", "b"])
            #expect(await world.send(.put, "/Groups/\(group)", SCIMWorld.group("Other", ["b", "c"])).status == 200)
            #expect(await world.members(of: group) == ["b", "c"])
            #expect(await world.send(.put, "/Groups/\(group)", SCIMWorld.group("Other", [])).status == 200)
            #expect(await world.members(of: group).isEmpty)
        }
    }

    @Test("members and groups are shown from both sides") func shown() async throws {
        try await withWorld { world in
            let user = await world.add("anna", ["displayName": "Anna"])
            let inner = await world.addGroup("Inner", [user])
            let outer = await world.addGroup("Outer", [inner, "elsewhere"])
            let groups = await world.get("/Users/\(user)").json["groups"]
            #expect(
                groups == [
                    [
                        "value": .string(inner), "$ref": .string("\(SCIMWorld.base)/Groups/\(inner)"),
                        "display": "Inner", "type": "direct",
                    ]
                ])
            let members = await world.get("/Groups/\(outer)").json["members"]?.array ?? []
            #expect(members.contains(["value": "elsewhere"]))
            #expect(
                members.contains([
                    "value": .string(inner), "$ref": .string("\(SCIMWorld.base)/Groups/\(inner)"), "type": "Group",
                ]))
            let named = await world.get("/Groups/\(inner)", ["attributes": "members.display"]).json["members"]
            #expect(named == [["display": "Anna"]])
            #expect(await world.get("/Groups/\(inner)", ["excludedAttributes": "members"]).json["members"].isMissing)
            let itself = await change(
                world, inner, ["op": "add", "path": "members", "value": [["value": .string(inner)]]])
            #expect(itself.status == 400)
            _ = await world.send(.delete, "/Groups/\(inner)")
            #expect(await world.get("/Users/\(user)").json["groups"].isMissing)
            #expect(await world.members(of: outer) == ["elsewhere"])
        }
    }
}
