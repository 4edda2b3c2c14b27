"""A headless Chromium that keeps to one file: what it shows, asks for and complains about."""
import json
import tempfile
import time

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage",
         "--no-default-browser-check", "--host-resolver-rules=MAP * ~NOTFOUND", "--force-color-profile=srgb", "--hide-scrollbars",
         "--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider"]


def missing():
    """Why there is no browser to test with; empty where there is."""
    import shutil
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "python3-selenium: not installed"
    return ", ".join(f"{tool}: not installed" for tool in ("chromium", "chromedriver") if not shutil.which(tool))


class Browser:
    """With a new, empty profile. Use as a context."""

    def __init__(self, width=1440, height=900, scale=1):
        self.size, self.scale = (width, height), scale

    def __enter__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        self.profile = tempfile.TemporaryDirectory(prefix="vl-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in [*FLAGS, f"--user-data-dir={self.profile.name}", f"--window-size={self.size[0]},{self.size[1]}",
                     f"--force-device-scale-factor={self.scale}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(240)
        self.driver.set_script_timeout(240)
        self.driver.get("about:blank")
        self.requests()  # what the first, empty tab asked itself for
        return self

    def __exit__(self, *_):
        self.driver.quit()
        self.profile.cleanup()

    def open(self, path):
        self.driver.get(path.as_uri())

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def until(self, script):
        """What the page does in a task of its own, as filling what was opened, has been done."""
        end = time.time() + 20
        while not self.run(script):
            assert time.time() < end, script
            time.sleep(0.02)

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def complaints(self):
        """What the console got since the last time."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Addresses that a page asked for since the last time."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"]

    def emulate(self, **features):
        """browser.emulate(prefers_color_scheme="dark")"""
        self.command("Emulation.setEmulatedMedia", features=[{"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    def picture(self, path, clip=None):
        """Of the window; clip: a CSS selector of the part that is wanted."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if clip:
            self.driver.find_element("css selector", clip).screenshot(str(path))
        else:
            self.driver.save_screenshot(str(path))
