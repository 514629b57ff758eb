import AccessModel
import ConnectorKit
import Persistence

/// Everything that the engine works with, handed in once.
struct WorkflowWorld: Sendable {
    let database: any Database
    let settings: WorkflowSettings
    let clock: any WorkflowClock
    let random: RandomSource
    let append: RecordAppender
    let onVerified: VerificationObserver
    let observer: StepObserver
    let crashPoint: CrashPoint
    let targets: [Slug: WorkflowTarget]
    let gates: [Slug: TargetGate]
    let criticalTargets: Set<Slug>
    let changes = ChangeCache()
    let openings = Gathering<OpeningRequest, [OpenedCase]>(limit: 256)
    let claims = Gathering<LaneClaim, Wave.Claim>(limit: 256)
    let settlements = Gathering<WaveResult, WaveCount>(limit: 256)

    func has(_ defence: Defence) -> Bool { settings.defences.contains(defence) }

    var policy: FailurePolicy {
        FailurePolicy(backoff: settings.backoff, maximumAttempts: max(1, settings.maximumAttempts))
    }
}
