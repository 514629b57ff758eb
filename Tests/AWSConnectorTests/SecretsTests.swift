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
        #expect(try await connector.observe(.everything).facts.map(\.identity) == [IdentityID("e-0001")])
        await connector.close()
        #expect(try server.validateRequests().filter { $0.hasPrefix("wrong") } == [])
    }
}
