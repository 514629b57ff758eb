import AccessModel
import StrictJSON
import TestSupport
import Testing

@testable import SCIMServer

@Suite("Filters on resources") struct FilterTests {
    private static let people: [JSONValue] = [
        SCIMWorld.user(
            "Bjensen",
            [
                "externalId": "Ext-1", "name": ["familyName": "Jensen", "givenName": "Barbara"], "active": true,
                "title": "Tour Guide", "displayName": "Babs É",
                "emails": [
                    ["value": "bj@work.example", "type": "work", "primary": true],
                    ["value": "bj@home.example", "type": "home"],
                ],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": [
                    "department": "Tours", "manager": ["value": "boss"],
                ],
            ]),
        SCIMWorld.user(
            "jsmith",
            [
                "name": ["familyName": "O'Malley"], "active": false,
                "emails": [["value": "js@home.example", "type": "home", "primary": true]],
            ]),
        SCIMWorld.user("100%_sure", ["title": "50% \"quoted\" \\ back'slash; --", "userType": "Contractor"]),
        SCIMWorld.user("zoë", ["locale": "en-US"]),
    ]

    /// Each filter, and whom it finds: the first letters of their names.
    private static let cases: [(filter: String, finds: String)] = [
        (#"userName eq "bjensen""#, "B"), (#"userName eq "BJENSEN""#, "B"), (#"USERNAME Eq "bjensen""#, "B"),
        (#"userName eq "bjense""#, ""), (#"userName ne "bjensen""#, "j1z"), (#"userName co "JEN""#, "B"),
        (#"userName sw "J""#, "j"), (#"userName ew "n""#, "B"), (#"userName ew """#, "Bj1z"),
        (#"userName co """#, "Bj1z"), (#"userName gt "c""#, "jz"), (#"userName le "bjensen""#, "B1"),
        (#"userName ge "jsmith" and userName lt "k""#, "j"), (#"userName eq "ZOË""#, "z"),
        (#"userName eq "zoe\u0308""#, "z"), (#"userName sw "100%_""#, "1"), (#"userName sw "1%""#, ""),
        (#"userName co "_""#, "1"), ("userName pr", "Bj1z"), ("userName eq null", ""), ("title ne null", "B1"),
        ("title eq null", "jz"), ("title pr", "B1"), ("not (title pr)", "jz"), (#"title ne "Tour Guide""#, "j1z"),
        (#"not (title eq "tour guide")"#, "j1z"), (#"not (not (title eq "tour guide"))"#, "B"),
        (#"title co "\" \\ BACK'slash; --""#, "1"), (#"title eq "x' OR '1'='1""#, ""),
        (#"title eq "x\") OR 1=1 --""#, ""), (#"title co "$1""#, ""), (#"title co "?1""#, ""),
        ("active eq true", "B"), ("active eq false", "j"), ("active ne true", "j1z"), (#"active eq "True""#, "B"),
        ("active pr", "Bj"), ("not (active eq true)", "j1z"), (#"externalId eq "Ext-1""#, "B"),
        (#"externalId eq "ext-1""#, ""), (#"externalId sw "Ext""#, "B"), (#"name.familyName eq "jensen""#, "B"),
        (#"name.familyName co "o'm""#, "j"), ("name pr", "Bj"), (#"displayName ew "é""#, "B"),
        (#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "jsmith""#, "j"),
        (#"URN:IETF:params:scim:schemas:core:2.0:user:username eq "jsmith""#, "j"),
        (#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "TOURS""#, "B"),
        (#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "boss""#, "B"),
        (#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "Boss""#, ""),
        (#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr"#, "B"),
        (#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#, "B"),
        (#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#, "Bj1z"), (#"schemas eq "urn:x""#, ""),
        (#"emails.value eq "js@home.example""#, "j"), (#"emails eq "JS@HOME.example""#, "j"),
        (#"emails.type eq "home""#, "Bj"), (#"emails.type ne "home""#, "B"), ("emails pr", "Bj"),
        ("not (emails pr)", "1z"), ("emails.primary eq true", "Bj"), (#"emails co "work""#, "B"),
        (#"emails[type eq "home" and primary eq true]"#, "j"), (#"emails[type eq "work" and value co "home"]"#, ""),
        (#"emails[type eq "work" or primary eq true]"#, "Bj"), (#"emails[not (type eq "home")]"#, "B"),
        (#"emails[primary ne true]"#, "B"), ("emails[display eq null]", "Bj"), ("emails[display pr]", ""),
        (#"not (emails[type eq "work"])"#, "j1z"), (#"meta.resourceType eq "User""#, "Bj1z"),
        (#"meta.resourceType eq "Group""#, ""), (#"meta.version eq "W/\"1\"""#, "Bj1z"),
        (#"meta.created gt "2020-01-01T00:00:00Z""#, "Bj1z"), (#"meta.lastModified lt "2020-01-01T00:00:00Z""#, ""),
        (#"meta.created ge "2020-01-01T01:00:00+01:00" and active eq true"#, "B"),
        (#"meta.location sw "https://iam.example.com/scim/v2/Users/u-""#, "Bj1z"), (#"id sw "u-""#, "Bj1z"),
        (#"userName eq "bjensen" or userName eq "jsmith" and active eq true"#, "B"),
        (#"(userName eq "bjensen" or userName eq "jsmith") and active eq false"#, "j"),
        (#"userName eq "bjensen" or not (active pr)"#, "B1z"), (#"userType eq "contractor""#, "1"),
        ("groups pr", "B"), (#"groups.display eq "ADMINS""#, "B"), (#"groups.type eq "direct""#, "B"),
        (#"groups[display sw "adm" and type eq "direct"]"#, "B"), (#"groups.display eq "other""#, ""),
        (#"groups.$ref co "/Groups/g-""#, "B"), ("not (groups pr)", "j1z"),
        (#"locale ge "en" and locale le "en-z""#, "z"),
    ]

    @Test("the whole grammar finds whom it should", arguments: SCIMDatabase.allCases)
    func finds(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            var ids: [String] = []
            for person in Self.people { ids.append(await world.send(.post, "/Users", person).id) }
            _ = await world.addGroup("Admins", [ids[0]])
            // Of another client: never found.
            _ = await world.add("bjensen", ["title": "Tour Guide"], token: world.tokens[1])
            for (filter, expected) in Self.cases {
                let answer = await world.get("/Users", ["filter": filter])
                let found = answer.userNames.map { String($0.prefix(1)) }.joined()
                #expect(answer.status == 200 && found == expected, "\(filter): \(answer.status) found `\(found)`")
                #expect(answer.total == Int64(expected.count), "\(filter)")
            }
        }
    }

    @Test("groups are found by name and member", arguments: SCIMDatabase.allCases)
    func groups(_ place: SCIMDatabase) async throws {
        try await place.withWorld { world in
            let (first, second) = (await world.add("a"), await world.add("b"))
            let staff = await world.addGroup("Staff", [first, second, "elsewhere"])
            let nested = await world.addGroup("Nested", [staff])
            _ = await world.addGroup("Empty")
            let cases: [(String, [String])] = [
                (#"displayName eq "staff""#, ["Staff"]), (#"members eq "\#(first)""#, ["Staff"]),
                (#"id eq "\#(staff)" and members eq "\#(second)""#, ["Staff"]),
                (#"id eq "\#(nested)" and members eq "\#(second)""#, []),
                (#"members.value eq "elsewhere""#, ["Staff"]), (#"members[type eq "Group"]"#, ["Nested"]),
                (#"members.type eq "user""#, ["Staff"]), ("not (members pr)", ["Empty"]),
                (#"members[value eq "\#(first)" and type eq "Group"]"#, []),
                (#"members.$ref ew "\#(first)""#, ["Staff"]),
            ]
            for (filter, expected) in cases {
                let answer = await world.get("/Groups", ["filter": filter])
                #expect(
                    answer.resources.compactMap { $0["displayName"]?.string } == expected, "\(filter) \(answer.json)")
            }
        }
    }

    @Test(
        "what cannot be asked is refused, and nothing is guessed",
        arguments: [
            #"usrName eq "a""#, #"name eq "a""#, #"name.x eq "a""#, #"password eq "x""#, #"userName.x eq "a""#,
            "userName gt null",
            "active gt true", #"active co "t""#, #"active eq "yes""#, "userName eq 5", "userName eq true",
            #"meta.created co "2020""#, #"meta.created gt "yesterday""#, #"emails[x eq "a"]"#, #"userName[x eq "a"]"#,
            #"addresses eq "x""#, #"schemas co "urn""#, #"urn:x:y eq "a""#, "a.b.c pr", #"title eq "\u0000""#,
            #"x509Certificates.value gt "AA==""#,
        ])
    func refuses(_ filter: String) async throws {
        try await withWorld { world in
            _ = await world.add("a")
            let answer = await world.get("/Users", ["filter": filter])
            #expect(answer.status == 400 && answer.kind == "invalidFilter", "\(filter): \(answer.json)")
        }
    }

    @Test("over all kinds, a filter means each kind by itself") func allKinds() async throws {
        try await withWorld { world in
            _ = await world.add("anna", ["displayName": "x"])
            _ = await world.addGroup("X")
            #expect(await world.get("", ["filter": #"displayName eq "x""#]).total == 2)
            #expect(await world.get("", ["filter": #"userName eq "anna""#]).total == 1)
            #expect(await world.get("").total == 2)
            #expect(await world.get("", ["filter": #"nothing eq "x""#]).status == 400)
            #expect(await world.get("", ["sortBy": "displayName"]).total == 2)
            #expect(await world.get("", ["sortBy": "userName"]).resources.count == 2)
        }
    }

    @Test("a name is found by its index, whatever the number of rows", arguments: SCIMDatabase.allCases)
    func usesIndexes(_ place: SCIMDatabase) async throws {
        guard place == .sqlite else { return }
        try await place.withWorld { world in
            for (filter, kind, index) in [
                (#"userName eq "a""#, ResourceKind.user, "scim_resources_by_user_name"),
                (#"externalId eq "a""#, .user, "scim_resources_by_external_id"),
                (#"displayName eq "a""#, .group, "scim_groups_by_name"),
                (#"id eq "a""#, .user, "scim_resources_by_id"),
            ] {
                let filter = try FilterParser.parse(filter)
                let plan = try await world.database.read { session in
                    var text = SQLText()
                    let columns = FilterColumns(
                        kind: kind, syntax: SearchSyntax(dialect: .sqlite), base: SCIMWorld.base)
                    let own = "r.client = \(text.bind(.text("okta"))) AND r.deleted_at IS NULL"
                    let condition = try FilterCompiler(columns).condition(filter, &text)
                    return try session.query(
                        """
                        EXPLAIN QUERY PLAN SELECT r.id FROM scim_resources AS r
                        WHERE \(own) AND r.kind = '\(kind.rawValue)' AND \(condition) ORDER BY r.seq
                        """, text.parameters
                    ).map { try $0.text(3) }.joined(separator: "; ")
                }
                #expect(plan.contains(index), "\(filter): \(plan)")
            }
        }
    }
}
