import ControlPlane
import Definitions
import HTTPTypes
import Lifecycle
import Planning
import SCIMServer
import WebServer
import WorkflowEngine

extension Problem {
    /// What an error of the layers below is to whoever asked; nil for one that is nobody's fault but ours.
    init?(_ error: any Error) {
        switch error {
        case let error as Problem: self = error
        case let error as LifecycleError: self.init(error)
        case let error as InstallationError: self.init(error)
        case let error as WorkflowError: self.init(error)
        case let error as HREventError:
            self.init(
                .unprocessableContent, "invalid-event", "the event cannot be taken",
                faults: error.problems.map { problem in
                    let diagnostic = problem.diagnostic(file: "body")
                    return Fault(
                        at: "\(diagnostic.place.line):\(diagnostic.place.column)", diagnostic.message,
                        severity: diagnostic.severity.rawValue)
                })
        case let error as BrokenDefinitions:
            self.init(
                .unprocessableContent, "invalid-definitions", "the definitions have errors, and \(error.outcome)",
                faults: error.diagnostics.map { diagnostic in
                    Fault(
                        at: diagnostic.place.description, diagnostic.message, severity: diagnostic.severity.rawValue)
                })
        case let error as SCIMClientDesk.Refusal: self.init(error)
        case let error as PlanningError: self.init(.conflict, error.code, error.description)
        default: return nil
        }
    }

    private init(_ error: SCIMClientDesk.Refusal) {
        switch error.code {
        case .invalid: self.init(.unprocessableContent, "invalid", error.description)
        case .exists: self.init(.conflict, "exists", error.description)
        case .unknown: self.init(.notFound, "not-found", error.description)
        case .revoked: self.init(.conflict, "state", error.description)
        }
    }

    private init?(_ error: LifecycleError) {
        switch error.code {
        case .unknown: self.init(.notFound, "not-found", error.description)
        case .invalid: self.init(.unprocessableContent, "invalid", error.description)
        case .denied: self.init(.forbidden, "denied", error.description)
        case .stale: self.init(.conflict, "stale", error.description)
        case .changed: self.init(.preconditionFailed, "changed", error.description)
        case .corrupt: return nil
        }
    }

    private init?(_ error: InstallationError) {
        switch error.code {
        case .usage: self.init(.unprocessableContent, "invalid", error.description)
        case .missing: self.init(.notFound, "not-found", error.description)
        case .rollback: self.init(.conflict, "rollback", error.description)
        case .denied: self.init(.forbidden, "denied", error.description)
        // Where our files are is nobody's business.
        case .file: return nil
        }
    }

    private init?(_ error: WorkflowError) {
        switch error.code {
        case .unknown: self.init(.notFound, "not-found", error.description)
        case .exists: self.init(.conflict, "exists", error.description)
        case .notApproved, .state: self.init(.conflict, "state", error.description)
        case .busy: self.init(.conflict, "busy", error.description)
        case .invalid: self.init(.unprocessableContent, "invalid", error.description)
        case .corrupt: return nil
        }
    }
}
