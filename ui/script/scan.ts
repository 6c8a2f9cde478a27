// /verifier: reads a 2D code by the camera or from a picture, where the browser can do it by itself (BarcodeDetector);
// /v: hands the code's text, which stands behind the #, to the form. Without script both pages still work by typing.
interface Detector {
  detect(source: CanvasImageSource | Blob): Promise<{ rawValue: string }[]>;
}
declare const BarcodeDetector: { new (options: { formats: string[] }): Detector } | undefined;

const send = (id: string, text: string): void => {
  const form = document.getElementById(id) as HTMLFormElement;
  (form.elements.namedItem("payload") as HTMLTextAreaElement).value = text;
  form.submit();
};

const opened = document.getElementById("opened-form");
if (opened && location.hash.length > 1) send("opened-form", location.href);

const part = document.querySelector<HTMLElement>("[data-scan]");
if (part && typeof BarcodeDetector !== "undefined") {
  const detector = new BarcodeDetector({ formats: ["qr_code", "data_matrix"] });
  const video = part.querySelector("video") as HTMLVideoElement;
  const button = part.querySelector("button") as HTMLButtonElement;
  const start = button.textContent;
  const found = async (source: CanvasImageSource | Blob): Promise<boolean> => {
    const [code] = await detector.detect(source).catch(() => []);
    if (code) send("code-form", code.rawValue);
    return Boolean(code);
  };
  let stream: MediaStream | undefined;
  const stop = (): void => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    video.hidden = true;
    button.textContent = start;
  };
  const look = async (): Promise<void> => {
    if (!stream) return;
    if (await found(video)) stop();
    else setTimeout(look, 250);
  };
  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      button.textContent = button.dataset.stop ?? "";
      await video.play();
      void look();
    } catch {
      stop();
    }
  });
  part.querySelector("input")?.addEventListener("change", async (event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) await found(file);
  });
  part.hidden = false;
}
