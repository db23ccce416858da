import FlowModel
import TaskKit

/// The packages of Python tasks. Source: since-0.20 §7.
struct PythonOptions: PropertyBundle {
    @Property("Packages to install before, such as `requests>=2`. They are kept for the next run.")
    var dependencies: [String]?

    @Property("The Python to use, such as 3.12, where this machine has several.")
    var pythonVersion: String?

    @Property("What installs packages. UV where this machine has it, else PIP.")
    var packageManager: PythonPackages.Manager = .uv

    @Property("Whether installed packages are kept for the next run.")
    var dependencyCacheEnabled = true

    @Property("Not used: nothing is installed on this machine by itself.")
    var uvAutoInstallEnabled: Bool?

    @Property("Not used.")
    var uvInstallerVersion: String?

    @Property("Not used.")
    var uvInstallerSha256: String?

    var packages: PythonPackages {
        PythonPackages(
            names: dependencies ?? [], version: pythonVersion, manager: packageManager, isKept: dependencyCacheEnabled)
    }
}
