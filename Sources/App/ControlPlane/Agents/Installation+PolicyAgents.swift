import Foundation
import Lifecycle

extension Installation {
    /// Open Policy Agents, with secrets and files found from `directory`. Answers are kept for as long as this value is.
    public func policyAgents(for directory: String) -> any PolicyAgents {
        let clock = clock
        return OPAClient(
            OPAClient.Surroundings(
                baseDirectory: URL(filePath: directory).standardizedFileURL.path, now: { clock.now() }))
    }
}
