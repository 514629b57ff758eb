import AccessModel
import ConnectorKit
import Definitions

extension ConnectorRegistry {
    /// Everything that is wrong with the settings of targets, by the connectors' own rules; nothing is reached and no
    /// credential looked up.
    static func diagnostics(of targets: [TargetDefinition]) -> [Diagnostic] {
        targets.flatMap { target -> [Diagnostic] in
            guard let factory = factories.first(where: { $0.name == target.connector }) else { return [] }
            let places = target.settingPlaces
            let configuration = ConnectorConfiguration(
                target: target.name, settings: target.settings,
                credential: places.credential.map { _ in SecretText("not-looked-up") }, baseDirectory: "/",
                organization: target.name, clock: { Instant(milliseconds: 0) })
            return factory.settings.problems(in: configuration).compactMap { diagnostic($0, target) }
        }
    }

    private static func diagnostic(_ problem: SettingProblem, _ target: TargetDefinition) -> Diagnostic? {
        let places = target.settingPlaces
        let setting = problem.setting.flatMap { places.settings[$0] }
        let whole = places.whole ?? target.place
        // A setting without a place was refused when the file was read.
        if problem.kind == .wrong || problem.kind == .unknown, problem.setting != nil, setting == nil { return nil }
        let (code, place) =
            switch problem.kind {
            case .unknown: ("unknown-setting", setting?.name ?? whole)
            case .missing: ("missing-setting", whole)
            case .wrong: ("bad-setting", setting?.value ?? whole)
            case .credential: ("missing-credential", target.place)
            }
        return Diagnostic(
            severity: .error, code: code, place: place, message: "target `\(target.name)`: \(problem.message)")
    }
}
