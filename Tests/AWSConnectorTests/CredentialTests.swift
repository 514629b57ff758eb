import AccessModel
import ConnectorKit
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import AWSConnector

@Suite("Credentials")
struct CredentialTests {
    private static let clock: @Sendable () -> Instant = { Instant(milliseconds: 1_763_712_000_000) }

    @Test("the environment, and what is half set")
    func environment() async throws {
        let whole = ["AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "secret-1", "AWS_SESSION_TOKEN": "token-1"]
        let credentials = try #require(try await EnvironmentCredentials(environment: whole).fetch())
        #expect(credentials.accessKeyID == "AKIA1")
        #expect(credentials.sessionToken?.reveal() == "token-1")
        #expect(try await EnvironmentCredentials(environment: [:]).fetch() == nil)
        await #expect(throws: ConnectorError.self) {
            try await EnvironmentCredentials(environment: ["AWS_ACCESS_KEY_ID": "AKIA1"]).fetch()
        }
    }

    @Test("a shared file's profile; nothing of it in an error")
    func shared() async throws {
        let text = """
            # comment
            [default]
            aws_access_key_id = AKIA1
            aws_secret_access_key=canary-secret-1
            [profile live]
            aws_access_key_id = AKIA2
            aws_secret_access_key = canary-secret=2
            aws_session_token = canary-token
            """
        let live = try SharedCredentials(text: SecretText(text), profile: "live").parse()
        #expect(live.secretAccessKey.reveal() == "canary-secret=2")
        #expect(live.sessionToken?.reveal() == "canary-token")
        #expect(try SharedCredentials(text: SecretText(text), profile: "default").parse().accessKeyID == "AKIA1")
        for (text, profile) in [(text, "absent"), ("canary-secret-alone", "default"), ("[default", "default")] {
            let error = #expect(throws: ConnectorError.self) {
                try SharedCredentials(text: SecretText(text), profile: profile).parse()
            }
            #expect(error?.code == .configuration)
            #expect("\(error as Any)".contains("canary") == false)
        }
    }

    @Test("the instance's role, by a token first")
    func instance() async throws {
        let double = try HTTPDouble { request in
            switch (request.method, request.target) {
            case ("PUT", "/latest/api/token"): HTTPDouble.Response(200, body: "metadata-token")
            case ("GET", "/latest/meta-data/iam/security-credentials/")
            where request.headers["x-aws-ec2-metadata-token"] == "metadata-token":
                HTTPDouble.Response(200, body: "tenure\n")
            case ("GET", "/latest/meta-data/iam/security-credentials/tenure"):
                HTTPDouble.Response(200, body: Self.answer)
            default: HTTPDouble.Response(401)
            }
        }
        defer { double.stop() }
        let credentials = try await InstanceCredentials(address: double.url, clock: Self.clock).fetch()
        #expect(credentials?.accessKeyID == "ASIA1")
        #expect(credentials?.expiration == Instant("2025-11-21T10:00:00Z"))
        let nobody = try LoopbackSocket.freePort()
        #expect(
            try await InstanceCredentials(address: "http://127.0.0.1:\(nobody)", clock: Self.clock).fetch() == nil)
    }

    private static let answer =
        #"{"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2025-11-21T10:00:00Z"}"#

    @Test("the container's role, with its token from a file")
    func container() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path("token")
        try Data("canary-authorization\n".utf8).write(to: URL(fileURLWithPath: file))
        let double = try HTTPDouble { request in
            request.headers["authorization"] == "canary-authorization" && request.target == "/v2/credentials?id=1"
                ? HTTPDouble.Response(200, body: Self.answer) : HTTPDouble.Response(403, body: "canary-authorization")
        }
        defer { double.stop() }
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(double.url)/v2/credentials?id=1",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file,
        ]
        #expect(
            try await ContainerCredentials(environment: environment, clock: Self.clock).fetch()?.accessKeyID == "ASIA1")
        #expect(try await ContainerCredentials(environment: [:], clock: Self.clock).fetch() == nil)
    }

    @Test("a web identity's token becomes credentials, unsigned; a refusal does not repeat it")
    func webIdentity() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path("token")
        try Data("canary-jwt\n".utf8).write(to: URL(fileURLWithPath: file))
        let double = try HTTPDouble { request in
            guard request.headers["authorization"] == nil, request.body.contains("WebIdentityToken=canary-jwt"),
                request.body.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Ftenure")
            else {
                let message = "canary-jwt is not good"
                return HTTPDouble.Response(
                    400,
                    body: "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>\(message)</Message></Error>"
                        + "</ErrorResponse>")
            }
            return HTTPDouble.Response(
                200,
                body: "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
                    + "<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                    + "<Expiration>2025-11-21T10:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                    + "</AssumeRoleWithWebIdentityResponse>")
        }
        defer { double.stop() }
        func source(_ role: String) -> WebIdentityCredentials {
            WebIdentityCredentials(
                environment: ["AWS_WEB_IDENTITY_TOKEN_FILE": file, "AWS_ROLE_ARN": role], address: double.url,
                sessionName: "tenure", clock: Self.clock)
        }
        let credentials = try await source("arn:aws:iam::123456789012:role/tenure").fetch()
        #expect(credentials?.expiration == Instant("2025-11-21T10:00:00Z"))
        let error = await #expect(throws: ConnectorError.self) { try await source("arn:aws:iam::1:role/x").fetch() }
        #expect(error?.code == .unauthorized)
        #expect("\(error as Any)".contains("canary") == false)
    }

    @Test("a role that other credentials take on, on moto")
    func roles() async throws {
        guard let server = try await MotoServer.start() else { return }
        defer { server.stop() }
        try server.boto3(
            """
            c = client('iam')
            trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole'}]}
            c.create_role(RoleName='tenure', AssumeRolePolicyDocument=json.dumps(trust))
            c.attach_role_policy(RoleName='tenure', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
            """)
        let role = "arn:aws:iam::123456789012:role/tenure"
        let configuration = try server.identityCenter(["role_arn": .string(role)])
        let connector = try IdentityCenter(configuration)
        let health = try await connector.check()
        #expect(health.description.contains("assumed-role/tenure/tenure-mountainlab-cloud"))
        await connector.close()
    }

    /// Gives credentials that end in an hour, and counts.
    private final class Counting: CredentialSource {
        let name = "a test"
        let count = Mutex(0)
        let end: @Sendable () -> Instant

        init(_ end: @escaping @Sendable () -> Instant) { self.end = end }

        func fetch() async throws(ConnectorError) -> AWSCredentials? {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return AWSCredentials(
                accessKeyID: "ASIA\(number)", secretAccessKey: SecretText("s"), sessionToken: nil, expiration: end())
        }
    }

    @Test("credentials are fetched once for many, and anew before they end")
    func cache() async throws {
        let now = Mutex(Instant(milliseconds: 0))
        let start = Instant(milliseconds: 0)
        let source = Counting { now.withLock { $0 } + .hours(1) }
        let clock: @Sendable () -> Instant = { now.withLock { $0 } }
        let cache = CredentialCache(source, clock: clock)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try? await cache.credentials() } }
        }
        #expect(source.count.withLock { $0 } == 1)
        now.withLock { $0 = start + .minutes(54) }
        #expect(try await cache.credentials().accessKeyID == "ASIA1")
        now.withLock { $0 = start + .minutes(56) }
        #expect(try await cache.credentials().accessKeyID == "ASIA2")
        await cache.forget("ASIA2")
        #expect(try await cache.credentials().accessKeyID == "ASIA3")
    }

    /// Gives credentials once, and fails from then on.
    private final class Failing: CredentialSource {
        let name = "a test"
        let hasGiven = Mutex(false)
        let code: ConnectorError.Code

        init(_ code: ConnectorError.Code) { self.code = code }

        func fetch() async throws(ConnectorError) -> AWSCredentials? {
            let isSecond = hasGiven.withLock { given in
                defer { given = true }
                return given
            }
            guard !isSecond else {
                throw ConnectorError(code: code, operation: "fetch", message: "not now")
            }
            return AWSCredentials(
                accessKeyID: "ASIA1", secretAccessKey: SecretText("s"), sessionToken: nil,
                expiration: Instant(milliseconds: 0) + .hours(1))
        }
    }

    @Test(
        "what is good for a minute is used, whatever a renewal says",
        arguments: [ConnectorError.Code.configuration, .forbidden, .unreachable])
    func failedRenewal(_ code: ConnectorError.Code) async throws {
        let now = Mutex(Instant(milliseconds: 0))
        let cache = CredentialCache(Failing(code)) { now.withLock { $0 } }
        #expect(try await cache.credentials().accessKeyID == "ASIA1")
        now.withLock { $0 = Instant(milliseconds: 0) + .minutes(58) }
        #expect(try await cache.credentials().accessKeyID == "ASIA1")
        now.withLock { $0 = Instant(milliseconds: 0) + .minutes(59) + .seconds(1) }
        let error = await #expect(throws: ConnectorError.self) { _ = try await cache.credentials() }
        #expect(error?.code == code)
    }

    @Test("an instance that gave credentials and does not answer is unreachable, and not none")
    func silentInstance() async throws {
        let isSilent = Mutex(false)
        let double = try HTTPDouble { request in
            if isSilent.withLock({ $0 }) { return .hangUp }
            return switch request.target {
            case "/latest/api/token": HTTPDouble.Response(200, body: "metadata-token")
            case "/latest/meta-data/iam/security-credentials/": HTTPDouble.Response(200, body: "tenure\n")
            default: HTTPDouble.Response(200, body: Self.answer)
            }
        }
        defer { double.stop() }
        let chain = CredentialChain(sources: [InstanceCredentials(address: double.url, clock: Self.clock)])
        #expect(try await chain.fetch()?.accessKeyID == "ASIA1")
        isSilent.withLock { $0 = true }
        let error = await #expect(throws: ConnectorError.self) { try await chain.fetch() }
        #expect(error?.code == .unreachable)
        #expect(error?.isRetryable == true)
    }
}
