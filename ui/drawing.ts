/** The toguna: a thick roof in layers of millet stalks, low pillars, the rock. The middle layer is the one accent. */
export const drawing =
  "<g fill='currentColor'><rect x='4' y='.5' width='40' height='7' rx='2'/><rect x='0' y='15.7' width='48' height='7.2' rx='2'/>" +
  "<path d='M5.5 22H11l1.2 15.5H4.3zM16.4 22h5.4l1.2 15h-7.8zM26.2 22h5.4l1.2 15H25zM37 22h5.5l1.2 15.5h-7.9zM0 39.5c2-5 10-6 24-6s22 1 24 6z'/></g>" +
  "<rect x='2' y='8.1' width='44' height='7' rx='2' fill='#d88a1f'/>";

/** The icon of browser tabs, on its own paper so that it shows on any theme; within the page, so that it costs no request. */
export const signIcon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='-8 -12 64 64' color='%23272c78'>" +
  `<rect x='-8' y='-12' width='64' height='64' rx='12' fill='%23faf4e7'/>${drawing.replaceAll("#", "%23")}</svg>`;
