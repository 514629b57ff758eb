import AccessModel
import ConnectorKit
import Definitions
import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct CredentialRotationTests {
    /// Connectors live as long as the definitions are the same; what they sign in with does not.
    @Test func whatAConnectorIsMadeWithReadsTheFileAgain() throws {
        let contents = try DefinitionFolder(TestSystems.packageDirectory + "/Examples/mountainlab").read()
        let organization = try #require(DefinitionCheck(contents).definitions?.organization)
        var target = try #require(organization.targets.first)
        let folder = try LDAPFolder()
        func rotate(_ text: String) throws {
            let path = try folder.write(text, to: "secret")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        try rotate("canary-first")
        target.credential = "file:secret"
        let configuration = try ConnectorRegistry.configuration(
            of: target, organization, baseDirectory: folder.path, { Instant(milliseconds: 0) })
        #expect(configuration.credential?.reveal() == "canary-first")
        try rotate("canary-second")
        #expect(try configuration.readCredential?().reveal() == "canary-second")
        #expect(!"\(configuration)".contains("canary"))
    }
}
