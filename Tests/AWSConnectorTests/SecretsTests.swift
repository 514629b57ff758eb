import AWSConnector
import AccessModel
import ConnectorKit
import StrictJSON
import TestSupport
import Testing

@Suite("Secrets Manager on moto", .serialized)
struct SecretsTests {
    @Test("a leaver's secrets become others, once, and no value comes out")
    func rotation() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        try server.boto3(
            """
            c = client('secretsmanager')
            owner = [{'Key': 'tenure:owner', 'Value': 'e-0042'}]
            c.create_secret(Name='plain', SecretString='canary-value-1', Tags=owner)
            c.create_secret(Name='json', SecretString=json.dumps({'username': 'app', 'password': 'canary-value-2'}), Tags=owner)
            c.create_secret(Name='other', SecretString='canary-value-3', Tags=[{'Key': 'tenure:owner', 'Value': 'e-0001'}])
            for number in range(8): c.create_secret(Name=f'nobody-{number}', SecretString='canary-value-4')
            """)
        let connector = try SecretsService(server.secretsManager())
        let secrets = Applier(connector: connector, target: "secrets")
        #expect(try await connector.check().description.contains("Secrets Manager"))
        let identity = try #require(IdentityID("e-0042"))
        let all = try await connector.observe(.everything)
        #expect(all.completeness == .complete)
        #expect(all.facts.count == 3)
        #expect(all.findings.contains { $0.contains("8 secrets") })
        let own = try await connector.observe(.only(identities: [identity], accountNames: [], groups: [])).facts
        #expect(Set(own.map(\.key)) == Set(all.facts.filter { $0.identity == identity }.map(\.key)))
        var heard = "\(all)"
        for fact in own {
            let receipt = try await secrets.remove(fact)
            #expect(receipt.effect == .applied)
            heard += "\(receipt)"
            // The answer is lost; the same change comes again.
            #expect(try await secrets.remove(fact).effect == .alreadyHeld)
        }
        let end = try server.boto3(
            """
            c = client('secretsmanager')
            result = {}
            for name in ('plain', 'json', 'other'):
                secret = c.describe_secret(SecretId=name)
                stages = secret['VersionIdsToStages']
                current = [v for v, s in stages.items() if 'AWSCURRENT' in s]
                result[name] = {
                    'current': len(current), 'stages': sorted(s for v in stages.values() for s in v),
                    'value': c.get_secret_value(SecretId=name, VersionId=current[0])['SecretString'],
                    'tags': {t['Key']: t['Value'] for t in secret['Tags']}}
            """)
        #expect(end["plain"]?["stages"] == ["AWSCURRENT"])
        #expect(end["plain"]?["tags"] == ["tenure:owner:former": "e-0042"])
        #expect(end["plain"]?["value"]?.string?.utf8.count == 40)
        let object = try JSONParser.parse(end["json"]?["value"]?.string ?? "")
        #expect(object["username"] == "app")
        #expect(object["password"]?.string?.utf8.count == 40)
        #expect(end["other"]?["value"] == "canary-value-3")
        #expect(!heard.contains("canary-value"))
        let left = try await connector.observe(.everything).facts
        #expect(left.map(\.identity) == [IdentityID("e-0001")])
        // Who moved stays its owner, and knows it no more.
        for _ in 0..<2 { _ = try await secrets.apply(.update, left[0], before: left[0]) }
        let moved = try server.boto3(
            """
            c = client('secretsmanager')
            secret = c.describe_secret(SecretId='other')
            result = {
                'stages': [s for s in secret['VersionIdsToStages'].values() if s],
                'isNew': c.get_secret_value(SecretId='other', VersionStage='AWSCURRENT')['SecretString'] != 'canary-value-3',
                'tags': sorted(t['Key'] for t in secret['Tags'])}
            """)
        #expect(moved["stages"] == [["AWSCURRENT"]] && moved["isNew"] == true)
        #expect(moved["tags"] == ["tenure:owner", "tenure:owner:made"])
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }

    @Test("a workload's secret is made, made another without a gap, deleted with it, and brought back")
    func workload() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let connector = try SecretsService(server.secretsManager())
        let secrets = Applier(connector: connector, target: "secrets")
        let identity = try #require(IdentityID("workload:payments/live/report"))
        let own = Fact.credential(
            Credential(identity: identity, id: identity.description, createdAt: nil, lastUsedAt: nil))
        #expect(try await secrets.add(own).effect == .applied)
        #expect(try await secrets.add(own).effect == .alreadyHeld)
        let seen = try await connector.observe(.everything).facts
        #expect(seen.map(\.key) == [own.key] && seen.allSatisfy { $0.satisfies(own) })
        guard case .credential(let made)? = seen.first, let at = made.createdAt else {
            Issue.record("it has no age: \(seen)")
            return
        }
        let first = try look(server)
        #expect(first["stages"] == [["AWSCURRENT"]])
        #expect(first["current"]?.string?.utf8.count == 40)

        // Ten days on it is too old, and is made another; the answer is lost, and the same change comes again.
        let wanted = Fact.credential(
            Credential(identity: identity, id: made.id, createdAt: at + .days(10), lastUsedAt: nil))
        #expect(seen.allSatisfy { !$0.satisfies(wanted) })
        let later = try SecretsService(server.secretsManager(ahead: .days(11)))
        for _ in 0..<2 {
            _ = try await Applier(connector: later, target: "secrets").apply(.update, wanted, before: seen.first)
        }
        await later.close()
        let renewed = try await connector.observe(.everything).facts
        #expect(renewed.count == 1 && renewed.allSatisfy { $0.satisfies(wanted) })
        let second = try look(server)
        #expect(
            second["stages"] == [["AWSCURRENT"], ["AWSPREVIOUS"]], "one more version, and the old one still readable")
        #expect(second["previous"] == first["current"] && second["current"] != first["current"])

        #expect(try await secrets.remove(own).effect == .applied)
        #expect(try await secrets.remove(own).effect == .alreadyHeld)
        #expect(try await connector.observe(.everything).facts == [])
        #expect(try look(server)["current"] == .null)

        #expect(try await secrets.add(own).effect == .applied)
        let last = try look(server)
        #expect(
            last["current"] != .null && last["current"] != second["current"], "who read it then does not know it now")
        try server.boto3(
            """
            c = client('secretsmanager')
            c.untag_resource(SecretId='tenure/mountainlab/payments/live/report', TagKeys=['tenure:owner'])
            """)
        let error = await #expect(throws: ConnectorError.self) { try await secrets.add(own) }
        #expect(error?.code == .conflict, "what is somebody else's stays theirs")
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }

    /// The service restores it, and nobody hears of it.
    @Test(
        "a value that was withdrawn stays withdrawn, though the restoring attempt was cut off",
        arguments: [false, true])
    func halfRestored(_ isSeenAgain: Bool) async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        let connector = try SecretsService(server.secretsManager())
        let secrets = Applier(connector: connector, target: "secrets")
        let identity = try #require(IdentityID("workload:payments/live/report"))
        let own = Fact.credential(
            Credential(identity: identity, id: identity.description, createdAt: nil, lastUsedAt: nil))
        try await secrets.add(own)
        let first = try look(server)
        try await secrets.remove(own)
        try server.boto3(
            "client('secretsmanager').restore_secret(SecretId='tenure/mountainlab/payments/live/report')")
        #expect(try look(server)["current"] == first["current"], "as the attempt that was cut off left it")
        if isSeenAgain {
            // Who looks before the next attempt finds it too old for any plan.
            let wanted = Fact.credential(
                Credential(
                    identity: identity, id: identity.description, createdAt: Instant(milliseconds: 1), lastUsedAt: nil))
            let seen = try await connector.observe(.everything).facts
            #expect(seen.map(\.key) == [own.key] && seen.allSatisfy { !$0.satisfies(wanted) })
            #expect(try await secrets.apply(.update, wanted, before: seen.first).effect == .applied)
        } else {
            #expect(try await secrets.add(own).effect == .applied)
        }
        let second = try look(server)
        #expect(second["current"] != .null && second["current"] != first["current"])
        #expect(second["tags"] == ["tenure:owner", "tenure:owner:made"])
        #expect(second["stages"] == [["AWSCURRENT"]], "what was withdrawn is readable by no stage")
        #expect(try await secrets.add(own).effect == .alreadyHeld)
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }

    private func look(_ server: MotoServer) throws -> JSONValue {
        try server.boto3(
            """
            c, name = client('secretsmanager'), 'tenure/mountainlab/payments/live/report'
            secret = c.describe_secret(SecretId=name)
            stages = secret['VersionIdsToStages']
            def value(stage):
                try: return c.get_secret_value(SecretId=name, VersionStage=stage)['SecretString']
                except Exception: return None
            result = {'stages': sorted(s for s in stages.values() if s), 'current': value('AWSCURRENT'),
                      'previous': value('AWSPREVIOUS'), 'tags': sorted(t['Key'] for t in secret['Tags'])}
            """)
    }
}
