import AccessModel
import ConnectorKit
import Foundation
import StrictJSON

/// A real moto in a process of its own, with its checks of signatures and policies on, looked at with boto3.
///
/// `Scripts/aws/moto_server.py` adds the few operations that it lacks, and says which.
public final class MotoServer: Sendable {
    public struct Key: Sendable {
        public let id: String
        public let secret: String

        /// As a file of the vendor's tools has it; for a target's `credential`.
        public var shared: String { "[default]\naws_access_key_id = \(id)\naws_secret_access_key = \(secret)\n" }
    }

    public let url: String
    /// Of a user who may do everything.
    public let key: Key
    public let instanceARN: String
    public let identityStoreID: String
    public static let account = "123456789012"
    private let process: ChildProcess
    private let python: String
    private let folder: URL
    private let boto: BotoSession

    /// Nil, after saying so, where it is not installed.
    public static func start(asynchronous: Int = 0, for test: String = #function) async throws -> MotoServer? {
        guard let path = try TestSystems.require("moto_server", for: test) else { return nil }
        let python = (path as NSString).deletingLastPathComponent + "/python"
        return try MotoServer(python, asynchronous)
    }

    private init(_ python: String, _ asynchronous: Int) throws {
        self.python = python
        folder = FileManager.default.temporaryDirectory.appending(path: "tenure-moto-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let port = try LoopbackSocket.freePort()
        url = "http://127.0.0.1:\(port)"
        var environment = ProcessInfo.processInfo.environment
        environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
        environment["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"
        environment["TENURE_MOTO_ASYNC"] = String(asynchronous)
        environment["TENURE_MOTO_RECORD"] = folder.appending(path: "requests").path
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        let log = folder.appending(path: "log")
        process = try ChildProcess(
            python,
            [TestSystems.packageDirectory + "/Scripts/aws/moto_server.py", "-H", "127.0.0.1", "-p", String(port)],
            environment: environment, input: "/dev/null", output: log.path, errors: log.path)
        let address = url
        try process.wait(log: log) { try CommandLineTool.run("curl", ["-sf", "\(address)/moto-api/"]) != nil }
        boto = try BotoSession(python, endpoint: url)
        let setup = try boto.run(Self.setup, [], as: nil)
        guard let words = setup.object, let id = words["id"]?.string, let secret = words["secret"]?.string,
            let instance = words["instance"]?.string, let store = words["store"]?.string
        else { throw ToolFailure(description: "moto could not be set up") }
        key = Key(id: id, secret: secret)
        instanceARN = instance
        identityStoreID = store
        _ = try boto.run("", [], as: key)
    }

    /// Ends the process; its files go with it.
    public func stop() {
        boto.stop()
        process.end(SIGKILL)
        do {
            try FileManager.default.removeItem(at: folder)
        } catch {
            FileHandle.standardError.write(Data("\(folder.path) is left behind: \(error)\n".utf8))
        }
    }

    /// Four requests that are not checked; all after them are.
    private static let setup = """
        iam = client('iam')
        iam.create_user(UserName='tenure-administrator')
        key = iam.create_access_key(UserName='tenure-administrator')['AccessKey']
        iam.attach_user_policy(UserName='tenure-administrator', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
        instance = client('sso-admin').list_instances()['Instances'][0]
        result = {'id': key['AccessKeyId'], 'secret': key['SecretAccessKey'], 'instance': instance['InstanceArn'],
                  'store': instance['IdentityStoreId']}
        """

    /// Runs a piece of Python with boto3 as the administrator: what it leaves in `result` comes back. `Scripts/aws/boto.py`
    /// says what it finds there; `arguments` are the texts.
    @discardableResult
    public func boto3(_ source: String, _ arguments: [String] = []) throws -> JSONValue {
        try boto.run(source, arguments, as: nil)
    }

    /// A user who may do what a policy says and nothing else.
    public func user(_ name: String, allowed policy: JSONValue) throws -> Key {
        let made = try boto3(
            """
            iam = client('iam')
            iam.create_user(UserName=arguments[0])
            iam.put_user_policy(UserName=arguments[0], PolicyName='own', PolicyDocument=arguments[1])
            key = iam.create_access_key(UserName=arguments[0])['AccessKey']
            result = [key['AccessKeyId'], key['SecretAccessKey']]
            """, [name, policy.compactText])
        guard let words = made.array?.compactMap(\.string), words.count == 2 else {
            throw ToolFailure(description: "no key of `\(name)`")
        }
        return Key(id: words[0], secret: words[1])
    }

    /// Gives a user of ``user(_:allowed:)`` another policy.
    public func change(_ name: String, toAllow policy: JSONValue) throws {
        try boto3(
            "client('iam').put_user_policy(UserName=arguments[0], PolicyName='own', PolicyDocument=arguments[1])",
            [name, policy.compactText])
    }

    /// What is wrong with the requests so far by the vendor's models, and how often each operation was asked.
    public func validateRequests() throws -> [String] {
        let script = TestSystems.packageDirectory + "/Scripts/aws/validate_requests.py"
        let text = try CommandLineTool.run(
            python, [script, folder.appending(path: "requests").path], accepting: [0, 1])
        return (text ?? []).split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Every request of the connector so far: the operation and the body.
    public func requests() throws -> [String] {
        try String(contentsOf: folder.appending(path: "requests"), encoding: .utf8).split(separator: "\n").map(
            String.init)
    }
}
