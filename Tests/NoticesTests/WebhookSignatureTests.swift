import AccessModel
import ConnectorKit
import TestSupport
import Testing

@testable import Notices

@Suite("Webhook signatures")
struct WebhookSignatureTests {
    /// The example that the libraries of Standard Webhooks verify each other by.
    @Test func theKnownExample() throws {
        let signature = try WebhookSignature(
            secret: SecretText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), of: Sample.slug("oncall"))
        let signed = signature.sign(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_not base64",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZ",
    ])
    func whatIsNoSecretIsRefusedWithoutAWordOfIt(_ text: String) {
        #expect {
            _ = try WebhookSignature(secret: SecretText(text), of: Sample.slug("oncall"))
        } throws: { error in
            let error = error as? ConnectorError
            return error?.code == .configuration && !"\(error as Any)".contains(text)
        }
    }

    @Test func itDoesNotPrintItsKey() throws {
        let signature = try WebhookSignature(
            secret: SecretText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), of: Sample.slug("oncall"))
        var dump = ""
        Swift.dump(signature, to: &dump)
        #expect(!dump.contains("MfKQ") && Mirror(reflecting: signature).children.isEmpty)
    }
}
