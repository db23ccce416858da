import AsyncHTTPClient
import Hummingbird
import GRDB
@main struct Sluice { static func main() { print("sluice") } }
