import AccessModel
import Crypto
import Forges
import Foundation

/// Tells a commit that Tenure made from one that somebody else pushed onto its branch, whatever its author says: a code
/// over what it is made from and everything in the folder, keyed with the forge's token.
///
/// With a new token the branch counts as a stranger's, once, and is written anew.
struct CommitProof: Sendable {
    static let trailer = "Tenure-Proof"

    private let key: SymmetricKey

    init(_ token: SecretText) {
        key = SymmetricKey(data: Data(SHA256.hash(data: Data("tenure commit proof\n\(token.reveal())".utf8))))
    }

    func code(parent: String, path: String, contents: [String: [UInt8]]) -> String {
        var message = "\(parent)\n\(path)\n"
        for file in contents.sorted(by: { $0.key < $1.key }) {
            message += "\(file.key.utf8.count) \(file.key) \(Self.hex(SHA256.hash(data: Data(file.value))))\n"
        }
        return Self.hex(HMAC<SHA256>.authenticationCode(for: Data(message.utf8), using: key))
    }

    func proves(_ commit: GitCommit, path: String, contents: [String: [UInt8]]) -> Bool {
        guard commit.parents.count == 1, let parent = commit.parents.first,
            let code = commit.trailer(Self.trailer)
        else { return false }
        return code == self.code(parent: parent, path: path, contents: contents)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
