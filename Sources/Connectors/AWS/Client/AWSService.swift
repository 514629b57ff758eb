import ConnectorKit

/// The services that are spoken to, and how each of them wants to be spoken to.
enum AWSService: String, CaseIterable, Sendable {
    case identityStore = "identitystore"
    case ssoAdmin = "sso"
    case secretsManager = "secretsmanager"
    case iam
    case sts

    enum Style: Hashable, Sendable {
        /// Operations are named by a header: `AWSIdentityStore.ListUsers`; bodies are JSON.
        case json(targetPrefix: String)
        /// Operations are form fields, answers are XML.
        case query(version: String)
    }

    var style: Style {
        switch self {
        case .identityStore: .json(targetPrefix: "AWSIdentityStore")
        case .ssoAdmin: .json(targetPrefix: "SWBExternalService")
        case .secretsManager: .json(targetPrefix: "secretsmanager")
        case .iam: .query(version: "2010-05-08")
        case .sts: .query(version: "2011-06-15")
        }
    }

    /// As the credential's scope has it.
    var signingName: String { rawValue }
}

/// A region with where its services are.
struct AWSRegion: Hashable, Sendable {
    let name: String

    /// Nil for what is no region's name: `eu-west-1`, `us-gov-east-1`.
    init?(_ name: String) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.count <= 4, name.utf8.count <= 32,
            parts.allSatisfy({ part in
                !part.isEmpty && part.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) }
            }), parts.last?.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) == true
        else { return nil }
        self.name = name
    }

    /// `aws`, `aws-cn`, `aws-us-gov`: the second part of each ARN.
    var partition: String {
        if name.hasPrefix("cn-") { return "aws-cn" }
        return name.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    }

    /// Where the service is; IAM is one for a whole partition.
    func address(of service: AWSService) -> String {
        switch (service, partition) {
        case (.iam, "aws-cn"): "https://iam.cn-north-1.amazonaws.com.cn"
        case (.iam, "aws-us-gov"): "https://iam.us-gov.amazonaws.com"
        case (.iam, _): "https://iam.amazonaws.com"
        case (_, "aws-cn"): "https://\(service.rawValue).\(name).amazonaws.com.cn"
        default: "https://\(service.rawValue).\(name).amazonaws.com"
        }
    }

    /// The region that stands in the signature.
    func signingRegion(of service: AWSService) -> String {
        guard service == .iam else { return name }
        return switch partition {
        case "aws-cn": "cn-north-1"
        case "aws-us-gov": "us-gov-west-1"
        default: "us-east-1"
        }
    }
}
